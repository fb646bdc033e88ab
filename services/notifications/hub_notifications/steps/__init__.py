"""Steps that several use cases of notifications share; see ADR 26. A step never commits."""
