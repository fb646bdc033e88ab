"""The routes of enrolment, a mixin for each noun."""
