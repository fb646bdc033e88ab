"""The HTML pages: what they are made of, and the style sheet and icon that they are dressed in."""
