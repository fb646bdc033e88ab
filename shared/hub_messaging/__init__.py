"""The post office: an accepted command's events reach every subscriber, take effect once, in order.

No word of a maths hub belongs here. The core (envelope, tables, outbox, inbox, topology) knows neither
nameko nor the broker's client; the edges (relay, subscribe, wire) do.
"""
