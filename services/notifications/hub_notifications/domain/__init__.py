"""The rules of notifications: pure functions over dataclasses; clock and ids are arguments."""
