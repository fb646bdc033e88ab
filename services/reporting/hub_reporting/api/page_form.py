"""How pages leave: with headers that let a browser load our style sheet and pictures, and nothing else."""

from typing import Final

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from hub_platform.routes import Content

HTML: Final = "text/html; charset=utf-8"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    # A sign-in link's token must not travel on; "no-referrer" would hide where a form comes from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # figures of today, for whoever is signed in
}


def page(html: str, status: int = 200) -> Content:
    """A page."""
    return Content(html, HTML, status, HEADERS)


def to_page(path: str) -> Response:
    """Send the browser to a page."""
    response = redirect(path, 303)
    response.headers.update(HEADERS)
    return response
