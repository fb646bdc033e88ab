"""Settings of visits in addition to those of every service; there are none so far."""
