"""The subset of Markdown in which messages are written: escaping, and rendering as plain text and HTML.

Templates use paragraphs, lists, headings, rules (---), strong, emphasis, links and line breaks (a backslash
at the end of a line). The parser supports only these, and every value is escaped before it is inserted.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

# CommonMark 0.31, 2.4: a backslash before any ASCII punctuation character makes it literal.
PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
TELEPHONE: Final = re.compile(r"\+?[0-9 ()-]+")
SAFE_IN_ADDRESS: Final = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986, 2.2; and % for parts that are encoded already

# In style attributes, because many mail programs remove <style>. Word, which renders Outlook's messages,
# supports margins of paragraphs and lists. Text colours have a contrast of at least 7 to 1 on white.
STYLES: Final = {
    "p": "margin: 0 0 16px 0",
    "h2": "margin: 24px 0 8px 0; font-size: 20px; line-height: 1.3",
    "ul": "margin: 0 0 16px 0; padding: 0 0 0 24px",
    "ol": "margin: 0 0 16px 0; padding: 0 0 0 24px",
    "li": "margin: 0 0 8px 0",
    "a": "color: #0b4f8a; text-decoration: underline",
    "hr": "margin: 24px 0 16px 0; border: 0; border-top: 1px solid #8a949e",
}

PARSER: Final = MarkdownIt("zero", {"html": False}).enable(
    ["emphasis", "escape", "heading", "hr", "link", "list", "newline"]
)


def escape(fact: object) -> Markup:
    """Return a value as Markdown that renders it literally, on one line; Markup is returned unchanged."""
    if isinstance(fact, Markup):
        return fact
    one_line = " ".join(CONTROL.sub(" ", str(fact)).split())
    return Markup(PUNCTUATION.sub(r"\\\1", one_line))  # noqa: S704 - marks Markdown, not HTML, as done


def link(words: object, address: str) -> Markup:
    """Return a Markdown link to an https or mailto address; any other address is written as text.

    Plain text shows it as "words: address", or as the address alone if the words are the same.
    """
    if not address.startswith(("https://", "mailto:")):
        return escape(f"{words}: {address}")
    target = PUNCTUATION.sub(r"\\\1", quote(CONTROL.sub("", address), safe=SAFE_IN_ADDRESS))
    return Markup(f"[{escape(words)}](<{target}>)")  # noqa: S704


def telephone_link(number: str) -> Markup:
    """Return a Markdown link to a telephone number; text with anything else, such as "ext. 4", is no link."""
    if TELEPHONE.fullmatch(number) is None:
        return escape(number)
    digits = re.sub(r"[^+0-9]", "", number.replace("(0)", "") if number.startswith("+") else number)
    return Markup(f"[{escape(number)}](<tel:{digits}>)")  # noqa: S704


def parse(source: str) -> list[Token]:
    """Return the tokens of a text in this module's subset of Markdown."""
    return PARSER.parse(source)


def to_html(tokens: Sequence[Token]) -> Markup:
    """Return HTML with a style attribute on every element."""
    for token in _all(tokens):
        if token.tag in STYLES and token.nesting >= 0:
            whole = "; white-space: nowrap" if str(token.attrGet("href")).startswith("tel:") else ""
            token.attrSet("style", STYLES[token.tag] + whole)
    html: str = PARSER.renderer.render(tokens, PARSER.options, {})
    return Markup(html)  # noqa: S704 - the parser has escaped it


def to_text(tokens: Sequence[Token]) -> str:
    """Return plain text with the same words; lines are not wrapped."""
    return _blocks(SyntaxTreeNode(tokens), "\n\n")


def _all(tokens: Sequence[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *_all(token.children or ()))]


def _blocks(node: SyntaxTreeNode, between: str) -> str:
    return between.join(_block(child) for child in node.children)


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return "\n".join(_item(child, n) for n, child in enumerate(node.children))
        case "hr":
            return "---"
        case _:  # a paragraph or a heading holds one inline node
            return "".join(_inline(child) for child in node.children[0].children)


def _item(node: SyntaxTreeNode, n: int) -> str:
    listed = node.parent
    first = int(listed.attrs.get("start", 1)) if listed is not None else 1
    marker = "- " if node.markup in "-+*" else f"{first + n}. "
    return marker + _blocks(node, "\n").replace("\n", "\n" + " " * len(marker))


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node)
        case _:  # strong or emphasis
            return "".join(_inline(child) for child in node.children)


def _link(node: SyntaxTreeNode) -> str:
    words = "".join(_inline(child) for child in node.children)
    address = str(node.attrs["href"])
    known = address.startswith("tel:") or words == unquote(address.removeprefix("mailto:"))
    return words if known else f"{words}: {address}"
