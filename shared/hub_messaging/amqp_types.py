"""Names of py-amqp's classes for annotations. It ships no types, so mypy treats them as Any."""

from amqp import Channel, Connection, Message

__all__ = ["Channel", "Connection", "Message"]
