"""The same two services in FastStream 0.7 over RabbitMQ, with asyncpg, as its documentation shows them.

Messages are persistent, confirmed and mandatory, the queue is a durable quorum queue with a single active
consumer, the connection is aio-pika's robust one, which comes back by itself, and one message is taken at a
time, because order matters here. An event is published after the commit of its change, and again until that
succeeds. A message is acknowledged after the handler has returned, so after the commit; one whose handler
raises is rejected, FastStream's default: with `NACK_ON_ERROR` one bad message comes back at once, for ever.
The handler tries again for as long as the database is away.
"""
