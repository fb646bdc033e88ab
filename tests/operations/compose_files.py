"""Compose files of the deployment, read as one."""

from typing import Any, Final

import yaml

from hub_local.places import ROOT

DEPLOY: Final = ROOT / "deploy"
SECTIONS: Final = ("services", "networks", "volumes", "secrets")


def compose_project() -> dict[str, dict[str, Any]]:
    """Return the sections of compose.yaml and of the files that it includes, merged by name.

    Raises:
        AssertionError: two files define the same name, which Docker Compose refuses as well.
    """
    main = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    paths = [path for include in main["include"] for path in include["path"]]
    included = [yaml.safe_load((DEPLOY / path).read_text()) for path in paths]
    merged: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for file in (main, *included):
        for section, known in merged.items():
            found = file.get(section, {})
            assert not known.keys() & found.keys()
            known.update(found)
    return merged
