"""The HTTP routes of notifications, one mixin for each noun: parse, call one handler or query, respond."""
