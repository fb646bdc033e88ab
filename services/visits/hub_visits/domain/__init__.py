"""The rules of visits. Standard library only; clock and ids are arguments."""
