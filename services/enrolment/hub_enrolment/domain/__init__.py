"""The rules of enrolment: pure functions of the standard library; clock and ids are arguments."""
