"""Settings of enrolment beyond those of every service: there are none yet."""
