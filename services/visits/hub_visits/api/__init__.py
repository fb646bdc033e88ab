"""The HTTP entrypoints of visits, one mixin for each noun: parse, call one handler, answer."""
