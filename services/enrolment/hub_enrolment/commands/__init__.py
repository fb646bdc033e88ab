"""Commands to enrolment, each with the schema that reads it from a request."""
