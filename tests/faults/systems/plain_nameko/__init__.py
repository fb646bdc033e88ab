"""The same two services in plain nameko 2.14, as its documentation shows them.

Events are persistent, confirmed and mandatory, the queue is durable (`reliable_delivery`), and one worker
handles one event at a time, because order matters here (`max_workers` is 10 unless set). An event is
published after the commit of its change, and again until that succeeds. `requeue_on_error` stays False, its
default: with True one bad event comes back at once, for ever. The handler tries again for as long as the
database is away.
"""
