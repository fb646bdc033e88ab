"""Subscribers: programs of other organisations that read events from a queue of their own in this broker.

A subscriber has a broker user without any right but to read its two queues. The broker's administrator makes
the user, the queues, their limits and their bindings; nothing of it is declared by the subscriber.

`naming`, `limits` and `choosing` are values and rules; `broker` is what is asked of RabbitMQ's management
API; `state` is what is remembered of a subscriber, in the broker itself; `lifecycle` adds, changes and
removes one; `figures` tells how one is doing; `history` and `switching` fill a queue with older events.
"""
