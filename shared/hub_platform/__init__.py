"""The platform of every service: HTTP routes, access, settings, database, telemetry, runner.

No event and no word of a maths hub belongs here.
"""

__version__ = "0.1.0"
