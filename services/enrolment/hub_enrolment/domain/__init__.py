"""The rules of enrolment, readable aloud. Standard library only; clock and ids are arguments."""
