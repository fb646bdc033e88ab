"""The templates of the pages, with their filters, and the static files."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from hub_reporting.pages import words

HERE: Final = Path(__file__).parent
MEDIA_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Static:
    """A static file; its version is a digest of its content, so that browsers may cache it for ever."""

    body: bytes
    version: str
    media_type: str

    @classmethod
    def read(cls, path: Path) -> "Static":
        """Read a file and compute its version."""
        body = path.read_bytes()
        return cls(body, hashlib.sha256(body).hexdigest()[:12], MEDIA_TYPES[path.suffix])


STATIC: Final = {path.name: Static.read(path) for path in sorted((HERE / "static").iterdir())}


def static_address(name: str) -> str:
    """Return the address of a static file, with its version."""
    return f"/static/{STATIC[name].version}/{name}"


def coded(text: str) -> Markup:
    """Return a docstring as HTML, with text between backticks as code."""
    parts = (escape(part) for part in text.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts)
    )


TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals["static"] = static_address
TEMPLATES.filters |= {
    "coded": coded,
    "day": words.day,
    "short_day": words.short_day,
    "moment": words.moment,
    "percent": words.percent,
    "share": words.share,
    "count": words.count,
    "number": words.number,
}
