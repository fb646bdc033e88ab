"""Print one document: `python -m hub_enrolment.templates.press` reads its facts as JSON and writes PDF.

It is a program of its own, because Typst takes 65 MB and blocks its process while it works.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hub_enrolment.templates.facts import Facts, PressInput
from hub_enrolment.templates.fonts import Font, fonts_for
from hub_enrolment.templates.spelling import ascii_only, in_print, on_one_line
from hub_platform.child import limit_this_process

MEGABYTES: Final = 1024  # of address space, most of it fonts that are mapped; 100 are in memory
CPU_SECONDS: Final = 25
FOLDER: Final = Path(__file__).parent


def press(document: PressInput) -> bytes:
    """Return a document as PDF; on one machine equal facts give equal bytes.

    Facts reach the template as data, never as markup. When printing fails, although every character was
    expected to have a glyph, it is tried again without the fonts of the machine, and then in ASCII.
    """
    import typst  # here, as importing this module must stay cheap

    template, facts = FOLDER / document["template"], document["facts"]
    fonts = fonts_for("".join(_texts(facts)))
    characters = frozenset[int]().union(*(font.characters for font in fonts))
    if fonts:
        with suppress(typst.TypstError):
            return _compiled(template, _respelled(facts, lambda text: in_print(text, characters)), fonts)
    with suppress(typst.TypstError):
        return _compiled(template, _respelled(facts, in_print))
    return _compiled(template, _respelled(facts, ascii_only))


def _compiled(template: Path, facts: Facts, fonts: Sequence[Font] = ()) -> bytes:
    import typst

    named = [{"name": font.family, "covers": font.covers} for font in fonts]
    with _folders_of(fonts) as folders:
        document: bytes = typst.compile(
            template,
            root=FOLDER,
            ignore_system_fonts=True,  # the fonts of a machine must not change the result
            font_paths=folders,
            sys_inputs={"facts": json.dumps(facts | {"fonts": named})},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    return document


@contextmanager
def _folders_of(fonts: Sequence[Font]) -> Iterator[list[Path]]:
    """Yield a folder with these fonts only, as Typst accepts folders, not files."""
    if not fonts:
        yield []
        return
    with TemporaryDirectory() as folder:
        for font in fonts:
            Path(folder, font.path.name).symlink_to(font.path)
        yield [Path(folder)]


def _texts(value: object) -> Iterator[str]:
    """Yield every text in facts, nested ones included."""
    if isinstance(value, str):
        yield on_one_line(value)
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _respelled(facts: Facts, spell: Callable[[str], str]) -> Facts:
    """Return the facts in printable characters; `respelled` tells whether any text was changed."""
    changed = False

    def walk(value: object) -> object:
        nonlocal changed
        if isinstance(value, str):
            spelled = spell(value)
            changed = changed or on_one_line(spelled) != on_one_line(value)
            return spelled
        if isinstance(value, dict):
            return {name: walk(one) for name, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list | tuple) else value

    spelled_facts = {name: walk(value) for name, value in facts.items()}
    return spelled_facts | {"respelled": changed}


if __name__ == "__main__":
    limit_this_process(megabytes=MEGABYTES, cpu_seconds=CPU_SECONDS)
    sys.stdout.buffer.write(press(json.load(sys.stdin.buffer)))
