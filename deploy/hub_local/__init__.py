"""The hub on one machine without a container engine: `make run` and `make demo` start it.

A private RabbitMQ, an embedded PostgreSQL and the four services. All files are written below `.local/` in the
checkout. Every program that is started here is also stopped here.
"""
