"""Requests to the example service."""

import itertools

PARCELS = "/sorting/v1/parcels"
numbers = itertools.count(1)


def parcel(**changes: object) -> dict[str, object]:
    return {"number": next(numbers), "weight": 5} | changes
