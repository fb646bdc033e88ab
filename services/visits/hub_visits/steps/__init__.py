"""Steps that several use cases of visits share; see ADR 26. A step never commits."""
