"""The messaging library: every event reaches each subscriber, takes effect once, in order within a subject.

README.md teaches it. It knows nothing of the services that use it: its examples sort parcels, and a "hub" is
one installation. The core (envelope, tables, outbox, inbox) imports neither nameko nor the broker's client;
the edges (relay, subscribe, wire) do.
"""
