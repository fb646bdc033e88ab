"""Use cases of enrolment, one function each: load, decide, save, record what happened."""
