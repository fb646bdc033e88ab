"""HTTP responses of pages, with headers that let a browser load our own style sheet and images only."""

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
    # Keeps a sign-in link's token from other sites; "no-referrer" would hide the origin of a form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # today's figures, for the signed-in user only
}


def page(html: str, status: int = 200) -> Content:
    """Return a page that no cache may store."""
    return Content(html, HTML, status, HEADERS)


def redirect_to(path: str) -> Response:
    """Return a redirect (303) to another page."""
    response = redirect(path, 303)
    response.headers.update(HEADERS)
    return response
