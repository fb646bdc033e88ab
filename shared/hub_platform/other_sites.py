"""Requests that a page of another site has made a browser send (cross-site request forgery)."""

from typing import Final
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from hub_platform.access import READING
from hub_platform.headers import read_authorization
from hub_platform.problems import Problem

OWN_SITE: Final = frozenset({"same-origin", "none"})  # none: typed, or a bookmark


def _host_of(origin: str) -> str | None:
    """The host that an Origin header names; None when it names none that could be ours."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def refuse_other_sites(request: Request) -> None:
    """Refuse a form that a page of another site has sent with the user's cookie.

    Browsers say where a request comes from, in Sec-Fetch-Site or at least in Origin; programs say neither,
    and a bearer token is never sent by a browser of itself.

    Raises:
        Problem: 403 `from_another_site`.
    """
    if request.method in READING or read_authorization(request) is not None:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    same = origin is None or _host_of(origin) == request.host
    if site not in OWN_SITE if site else not same:
        raise Problem(403, "from_another_site", "The form was sent by a page of another site.")
