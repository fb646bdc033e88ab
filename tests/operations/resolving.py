"""Settings as Docker Compose resolves them, passed to the check of all settings."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.operations.compose_files import compose_project

from hub_operations.settings_check import Compose, wrong_settings

VARIABLE: Final = re.compile(r"\$\{(\w+):-([^${}]*)\}")


def resolved(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the compose files with variables of environments replaced as Docker Compose replaces them."""

    def value(found: re.Match[str]) -> str:
        return (values.get(found[1]) or found[2]).replace("$", "$$")

    known = compose_project()
    for part in known["services"].values():
        part["environment"] = {
            name: VARIABLE.sub(value, str(text)) for name, text in (part.get("environment") or {}).items()
        }
    return known


def said(tmp_path: Path, *named: str, **values: str) -> list[str]:
    compose: Compose = {"services": resolved(values)["services"]}
    return wrong_settings(compose, tmp_path, values, list(named))
