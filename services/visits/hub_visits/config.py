"""Settings of visits beyond those of every service: there are none yet."""
