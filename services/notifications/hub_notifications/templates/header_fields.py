"""Header fields of e-mails (RFC 5322, 2047), folded so that every mail server and reader accepts them.

The standard library's folding (Python 3.11 to 3.13) breaks the line right after "Subject:" when the first
word is long, and drops or doubles spaces where several words are not ASCII (CPython issue 92081).
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from itertools import groupby
from typing import Final

LINE: Final = 78  # characters (RFC 5322, 2.1.1)
LONGEST_WORD: Final = 60  # characters; longer ones are written as encoded words, which can be folded
ATOM: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")  # RFC 5322, 3.2.3
BYTE_ORDER_MARK: Final = "\ufeff"  # inside a text it has no meaning, and calendar programs drop it
ENCODED_BYTES: Final = 42  # of text in an encoded word, which then fits into a line after "Reply-To:"


class Unwritable(ValueError):
    """A name or an address cannot be written in a header."""


@dataclass(frozen=True)
class Mailbox:
    """A name, which may be empty, and an e-mail address."""

    name: str
    address: str = field(repr=False)


def one_line(text: str) -> str:
    """Return the text on one line, without control characters and repeated spaces."""
    return " ".join(without_controls(" ".join(text.split())).split())


def without_controls(text: str) -> str:
    """Return the text without control characters, byte order marks and unpaired surrogates."""
    if text.isprintable():
        return text
    kept = (char for char in text if char == "\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return "".join(kept).replace(BYTE_ORDER_MARK, "")


def text_field(name: str, text: str) -> str:
    """Return the folded value of a header field of free text.

    Words of printable ASCII stay readable; between them, others become encoded words (RFC 2047).
    """
    return folded(name, _partly_encoded(one_line(text), _is_plain))


def mailbox_field(name: str, mailbox: Mailbox) -> str:
    """Return the folded value of a header field of one mailbox.

    Raises:
        Unwritable: the name or the address cannot be written in a header.
    """
    try:
        Address(mailbox.name)  # raises for line breaks, which `one_line` would remove
        shown = one_line(mailbox.name)
        address = Address(shown, addr_spec=_with_ascii_domain(mailbox.address))
        words = str(address).removesuffix(f"<{address.addr_spec}>").split() if shown else []
        if not all(map(_is_plain, words)):
            words = _partly_encoded(shown, _is_atom)
    except (ValueError, MessageError, IndexError) as exc:  # raised by the standard library for malformed ones
        raise Unwritable("A name or an address cannot be written in a header") from exc
    return folded(name, [*words, f"<{address.addr_spec}>"])


def _with_ascii_domain(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA, RFC 3490), as every mail server accepts it."""
    local, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}{at}{domain.encode('idna').decode('ascii')}"


def _partly_encoded(text: str, is_readable: Callable[[str], bool]) -> list[str]:
    """Return readable words unchanged, and each run of other words as encoded words."""
    words: list[str] = []
    for readable, run in groupby(text.split(" "), is_readable):
        together = " ".join(run)
        words += together.split(" ") if readable else _encoded_words(together)
    return words


def _encoded_words(text: str) -> list[str]:
    """Return text as encoded words (RFC 2047, 2), which a reader joins without spaces."""
    pieces = [b""]
    for char in text:
        raw = char.encode("utf-8")
        if len(pieces[-1]) + len(raw) > ENCODED_BYTES:
            pieces.append(b"")
        pieces[-1] += raw
    return [f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in pieces]


def folded(name: str, words: Iterable[str]) -> str:
    """Join words into folded lines; the first word is always on the line of the field's name."""
    first, *others = words
    lines = [f"{name}: {first}"]
    for word in others:
        if len(lines[-1]) + 1 + len(word) <= LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines).removeprefix(f"{name}: ")


def _is_atom(word: str) -> bool:
    return ATOM.fullmatch(word) is not None and _is_plain(word)


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isprintable() and "=?" not in word and len(word) <= LONGEST_WORD
