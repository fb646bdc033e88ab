"""The rules of visits: pure functions over dataclasses; clock and ids are arguments."""
