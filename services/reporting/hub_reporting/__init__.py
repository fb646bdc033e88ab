"""reporting: everything that happened, counted. Read models, reports and the dashboard of a hub."""
