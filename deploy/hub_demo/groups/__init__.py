"""The Work Groups of the demonstration, from programme to closure."""
