"""Types of the options of the decorator `route`."""

from typing import TypedDict

from marshmallow import Schema

from hub_platform.bodies import Raw
from hub_platform.queueing import Queue


class Options(TypedDict, total=False):
    """Options of a route except method, path and roles; see `Route`."""

    body: type[Schema] | Raw | None
    query: type[Schema] | None
    paged: bool
    answer: type[Schema] | None
    status: int
    media_type: str | tuple[str, ...]
    sign_in_at: str | None
    seconds: float
    later_in: Queue | None
    personal: bool
