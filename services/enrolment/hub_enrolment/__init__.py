"""Enrolment: schools, teachers, leaders, programmes, work groups, places on them, sessions and registers."""
