"""Subscribers: programs of other organisations that read events from a queue of their own in this broker.

A subscriber's broker user may only read its two queues. The broker's administrator creates the user, the
queues, their limits and their bindings; a subscriber declares nothing.

- `naming`, `limits`, `event_selection`, `broker_capacity`: values and rules
- `broker`: requests to RabbitMQ's management API
- `state`: the record of a subscriber, stored in the broker itself
- `lifecycle`: add, change and remove a subscriber
- `queue_status`: a subscriber's progress
- `history_selection`, `queue_filling`, `history_fill`: fill a queue with older events
"""
