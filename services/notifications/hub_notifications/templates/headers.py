"""How the subject of an e-mail is written in its header."""

from email import policy
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.policy import Policy
from typing import Any, Final


class SubjectHeader(BaseHeader):
    """A subject that begins in the line of "Subject:" and is read as it was written.

    Python's own fold keeps a value together that fits a line of its own, as it does with an address
    (`email._header_value_parser`, `syntactic_break`). So a subject of 70 to 77 characters, or a first word of
    that length, goes to the second line. The line "Subject:" is then empty, and a reader such as Python's own
    parser gives a subject that begins with a space. That fold also adds or loses spaces beside encoded words.
    """

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the value literally: a title such as "=?utf-8?q?x?=" is not decoded."""
        kwds["decoded"] = value
        kwds["parse_tree"] = UniqueUnstructuredHeader.value_parser(value)

    def fold(self, *, policy: Policy) -> str:
        """Fold at spaces; encode by RFC 2047 what a line cannot hold: not ASCII, a long word or "=?"."""
        limit = policy.max_line_length or 998  # RFC 5322, 2.1.1
        words = str(self).split(" ")
        longest_word = max(map(len, words))
        if not self.isascii() or "=?" in self or len(self.name) + 2 + longest_word > limit:
            encoded = Header(str(self), "utf-8", header_name=self.name, maxlinelen=limit)
            return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"
        lines = [f"{self.name}:"]
        for word in words:
            if len(lines[-1]) + 1 + len(word) <= limit:
                lines[-1] += f" {word}"
            else:
                lines.append(f" {word}")
        return policy.linesep.join(lines) + policy.linesep


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", SubjectHeader)
    return registry


MAIL: Final = policy.SMTP.clone(header_factory=_registry())  # what every e-mail is made with
