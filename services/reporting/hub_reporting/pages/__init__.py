"""HTML routes with their templates, and the public documents."""
