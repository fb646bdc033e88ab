"""Commands of a deployment: secrets, settings, backups and restores."""
