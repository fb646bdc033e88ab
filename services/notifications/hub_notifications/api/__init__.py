"""The HTTP entrypoints of notifications, one mixin for each noun: parse, call one handler, answer."""
