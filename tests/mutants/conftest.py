"""A small checkout with a package, its tests, and something that is not committed."""

import subprocess
from pathlib import Path

import pytest

FILES = {
    "shared/hub_prices/__init__.py": "",
    "shared/hub_prices/weights.py": "def price(weight):\n    return weight * 2 if weight > 10 else 20\n",
    "tests/prices/test_weights.py": (
        "from hub_prices.weights import price\n\n"
        "def test_what_is_heavy_costs_more():\n    assert (price(9), price(20)) == (20, 40)\n"
    ),
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['--import-mode=importlib']\n",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git with a name and an e-mail address."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a run of its tests starts in half a second
    root = tmp_path / "checkout"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=first")
    return root
