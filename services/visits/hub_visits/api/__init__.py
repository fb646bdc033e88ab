"""The HTTP entrypoints of visits, one mixin for each noun. Each parses, calls one handler and answers."""
