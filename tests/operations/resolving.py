"""Settings as Docker Compose resolves them, given to the check of all of them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from hub_local.places import ROOT
from hub_operations.settings_check import wrong_settings

DEPLOY: Final = ROOT / "deploy"
VARIABLE: Final = re.compile(r"\$\{(\w+):-([^${}]*)\}")


def resolved(values: Mapping[str, str]) -> dict[str, Any]:
    """compose.yaml as Docker Compose gives it with these settings."""

    def value(found: re.Match[str]) -> str:
        return (values.get(found[1]) or found[2]).replace("$", "$$")

    known = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for part in known["services"].values():
        part["environment"] = {
            name: VARIABLE.sub(value, str(text)) for name, text in (part.get("environment") or {}).items()
        }
    return dict(known)


def said(tmp_path: Path, *named: str, **values: str) -> list[str]:
    return wrong_settings(resolved(values), tmp_path, values, list(named))
