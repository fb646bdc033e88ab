"""The messaging library: every event reaches each subscriber, takes effect once, in order within a subject.

README.md teaches it. No word of a maths hub belongs here. The core (envelope, tables, outbox, inbox) of it
imports neither nameko nor the broker's client; the edges (relay, subscribe, wire) do.
"""
