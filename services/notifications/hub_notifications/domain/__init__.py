"""The rules of notifications. Standard library only; clock and ids are arguments."""
