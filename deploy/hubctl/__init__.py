"""The operator's command: what is parked, what is replayed and rebuilt, and who did it and why."""
