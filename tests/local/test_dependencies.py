"""deptry finds imports that are not declared, and declared packages that are not imported."""

from pathlib import Path

import pytest

from hub_local.dependencies import check_distribution

PYPROJECT = """
[project]
name = "mathshub-kitchen"
version = "1"
dependencies = [{}]
"""


def distribution(folder: Path, declared: str, imported: str) -> Path:
    """Write a distribution of one module; return its pyproject.toml."""
    root = folder / "hub_kitchen"
    root.mkdir()
    (root / "cooking.py").write_text(f"import {imported}\n")
    (root / "pyproject.toml").write_text(PYPROJECT.format(declared))
    return root / "pyproject.toml"


@pytest.mark.parametrize(
    ("declared", "imported", "finding"),
    [
        ('"marshmallow"', "marshmallow", None),
        ('"mathshub-kernel"', "hub_kernel", None),
        ("", "sqlalchemy", "DEP003"),
        ("", "hub_kernel", "DEP003"),
        ('"marshmallow"', "json", "DEP002"),
    ],
)
def test_imports_and_declarations_agree(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], declared: str, imported: str, finding: str | None
) -> None:
    assert check_distribution(distribution(tmp_path, declared, imported)) is (finding is None)
    assert (finding or "") in capfd.readouterr().out
