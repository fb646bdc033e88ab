"""The notifications service: tells people what they need to know, once, and keeps no address."""
