"""What enrolment can be asked to do: commands in the imperative, each with the schema that reads it."""
