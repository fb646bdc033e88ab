"""The operator's command line: deliveries, events, subscribers, tokens, imports and checks of a hub."""
