"""Refusals as pages: a browser gets HTML for every problem, a program the problem itself.

A browser asks for text/html before JSON; a program asks for JSON, for anything, or says nothing.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Final

from werkzeug.wrappers import Request, Response

from hub_platform.problems import MEDIA_TYPE, Problem, response_of

HTML: Final = "text/html"
START_PAGE: Final = "/"
SIGN_IN_PAGE: Final = "/sign-in"

# Status → heading and advice.
_SAID: Final[Mapping[int, tuple[str, str]]] = {
    400: ("The request is not complete or not readable", "Check the address and the values, then try again."),
    401: ("You are not signed in", "Sign in, then open this address again."),
    403: ("Your account may not do this", "Ask an administrator for the role that this needs."),
    404: ("There is no page at this address", "Check the address, or begin at the start page."),
    405: (
        "This address cannot be used in this way",
        "Go back to the page that you came from and use its links and buttons.",
    ),
    409: (
        "This cannot be done as things stand",
        "Load the page again to see the present state, then decide.",
    ),
    412: ("It was changed in the meantime", "Load the page again, then make your change again."),
    413: ("What you sent is too large", "Send a smaller file, or send it in parts."),
    415: ("What you sent is of another kind than expected", "Send it in the form that the page asks for."),
    422: ("Some values cannot be accepted", "Correct the values that are named, then send it again."),
    428: ("It is not known which state your change is based on", "Load the page again, then change it."),
    429: ("There were too many requests in a short time", "Wait, then try again."),
    500: (
        "Something went wrong on our side",
        "Try again in a few minutes. If it happens again, give an administrator the reference below.",
    ),
    503: ("This is not available at the moment", "Try again in a moment."),
}
_STYLE: Final = """
*{box-sizing:border-box}
body{margin:0;background:#f5f6f9;color:#14213d;
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
header{background:#14213d;height:12px}
main{max-width:616px;margin:0 auto;padding:22px 28px 32px}
h1{font-size:29px;line-height:1.2;margin:0 0 12px;text-wrap:balance;overflow-wrap:break-word}
p,li{overflow-wrap:anywhere}
a{color:#1b5aa2;text-underline-offset:2px;display:inline-block;padding:2px 0}
:focus-visible{outline:3px solid #14213d;outline-offset:2px;box-shadow:0 0 0 5px #ffb703}
.mute{color:#525c70;font-size:14px}
@media (max-width:700px){main{padding:16px 14px 24px}h1{font-size:24px}}
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'none'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}


def wants_page(request: Request) -> bool:
    """Return whether a browser asks: HTML is wanted more than JSON."""
    accepted = request.accept_mimetypes
    html = accepted.quality(HTML)
    return html > 0 and html > max(accepted.quality("application/json"), accepted.quality(MEDIA_TYPE))


def refusal_of(
    problem: Problem, request: Request, *, reference: str = "", pages: frozenset[str] = frozenset()
) -> Response:
    """Return a problem as the sender of a request can read it; status and headers are the same in both forms.

    Args:
        problem: what is refused.
        request: the refused request.
        reference: the id of the request, as logs have it.
        pages: which of START_PAGE and SIGN_IN_PAGE the reader can be sent to.
    """
    if not wants_page(request):
        response = response_of(problem)
        response.headers["Vary"] = "Accept"
        return response
    return Response(
        page_of(problem, reference=reference, pages=pages),
        problem.status,
        headers={**problem.headers, **HEADERS},
        content_type=f"{HTML}; charset=utf-8",
    )


def page_of(problem: Problem, *, reference: str, pages: frozenset[str]) -> str:
    """Return the page: what happened, why, and what to do."""
    title, step = _SAID.get(problem.status) or _SAID[503 if problem.status >= 500 else 400]
    errors = "".join(
        f"<li>{escape(pointer.strip('/').replace('/', ', ') + ': ' if pointer else '')}{escape(detail)}</li>"
        for pointer, detail in problem.errors
    )
    links = [
        f'<a href="{path}">{words}</a>'
        for path, words in ((SIGN_IN_PAGE, "Sign in"), (START_PAGE, "Go to the start page"))
        if path in pages and (path == START_PAGE or problem.status == 401)
    ]
    parts = (
        f"{problem.status} {HTTPStatus(problem.status).phrase}",
        problem.code,
        f"reference {reference}" if reference else "",
    )
    said = [
        f"<p>{escape(problem.detail)}</p>",
        f"<ul>{errors}</ul>" if errors else "",
        f"<p>{escape(step)}</p>",
        f"<p>{' · '.join(links)}</p>" if links else "",
        f'<p class="mute">{" · ".join(escape(part) for part in parts if part)}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header></header>\n"
        f"<main>\n<h1>{escape(title)}</h1>\n{chr(10).join(part for part in said if part)}\n</main>\n"
        "</body>\n</html>\n"
    )
