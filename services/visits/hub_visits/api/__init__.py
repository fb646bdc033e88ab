"""The HTTP routes of visits, one mixin for each noun: parse, call one handler or query, respond."""
