"""`make audit` tells three results apart: nothing known, something known, and not found out."""

import json
from pathlib import Path

import pytest

from hub_local.audit import NOT_AUDITED, VULNERABLE, CouldNotAudit, Found, main, read
from hub_local.lock import RUN, RUNTIME
from hub_local.places import ROOT

WELL = {"name": "kombu", "version": "5.5.4", "vulns": []}
ILL = {
    "name": "jinja2",
    "version": "3.1.0",
    "vulns": [
        {"id": "PYSEC-2024-1", "fix_versions": ["3.1.6"], "aliases": []},
        {"id": "GHSA-x", "fix_versions": [], "aliases": []},
    ],
}
LISTS = (ROOT / RUNTIME, ROOT / RUN)


def answer(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_is_known() -> None:
    assert read(answer(WELL), 0, "No known vulnerabilities found") == []


def test_known_vulnerabilities_are_listed_with_the_release_that_fixes_them() -> None:
    found = read(answer(WELL, ILL), 1, "Found 2 known vulnerabilities in 1 package")
    assert list(map(str, found)) == [
        "jinja2 3.1.0: PYSEC-2024-1, fixed in 3.1.6",
        "jinja2 3.1.0: GHSA-x, no release fixes it",
    ]


@pytest.mark.parametrize(
    ("text", "code", "complaint", "why"),
    [
        ("", 1, "WARNING: x\nERROR:pip_audit: Connection refused\n", "ERROR:pip_audit: Connection refused"),
        ("", 1, "", "pip-audit ended with exit code 1"),
        ("", 0, "", "pip-audit ended with exit code 0"),
        ("{", 1, "cut off", "cut off"),
        ("[]", 1, "odd", "odd"),
        (answer(WELL), 1, "ended early", "ended early"),
        (
            answer(WELL, {"name": "own", "skip_reason": "not found on PyPI"}),
            0,
            "",
            "own could not be looked up",
        ),
        (answer(ILL, {"name": "own", "skip_reason": "x"}), 1, "", "own could not be looked up"),
    ],
)
def test_what_was_not_found_out_is_no_good_news(text: str, code: int, complaint: str, why: str) -> None:
    with pytest.raises(CouldNotAudit, match=why):
        read(text, code, complaint)


def test_each_result_has_its_exit_code_and_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(LISTS, lambda _path: []) == 0
    assert "requirements.lock: no known vulnerabilities" in capsys.readouterr().out

    assert main(LISTS, lambda _path: [Found("a", "1", "X-1", ("2",))]) == VULNERABLE
    assert "1 known vulnerability\n  a 1: X-1, fixed in 2" in capsys.readouterr().out

    def away(_path: Path) -> list[Found]:
        raise CouldNotAudit("the source does not answer")

    assert main(LISTS, away) == NOT_AUDITED
    said = capsys.readouterr().out
    assert said.count("could not audit: the source does not answer.") == len(LISTS)
    assert "Some lists were not audited, so their packages may have vulnerabilities. Try again later." in said


def test_a_vulnerability_counts_more_than_a_list_that_was_not_audited(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def look(path: Path) -> list[Found]:
        if path == LISTS[0]:
            raise CouldNotAudit("away")
        return [Found("a", "1", "X-1", ())]

    assert main(LISTS, look) == VULNERABLE
    assert "could not audit: away." in capsys.readouterr().out
