"""The whole hub on one machine, from one command: what `make run` and `make demo` do.

A private RabbitMQ, an embedded PostgreSQL, the four services and the demonstration year. Everything it
writes is below `.local/` in the checkout, and whatever it starts it also stops.
"""
