"""Facts into PDF, tagged for screen readers (PDF/UA-1), by a press that runs beside the service."""

import json
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import Any, Final

from hub_enrolment.templates.facts import AttendanceSheet, Certificate, Paper

TEMPLATES: Final = {AttendanceSheet: "attendance_sheet.typ", Certificate: "certificate.typ"}
PRESS: Final = (sys.executable, "-W", "ignore", "-m", "hub_enrolment.templates.press")
PATIENCE: Final = 30.0  # seconds, of which a sheet takes less than one

# One paper at a time: each holds 100 MB while it is made, and a service has 256 MB.
_free = threading.Lock()


def printed(paper: Paper) -> bytes:
    """One paper as PDF; the same facts make the same bytes. The service answers others meanwhile."""
    with _free:
        done = subprocess.run(  # noqa: S603 - a program of ours; what somebody typed goes to its input
            PRESS, input=json.dumps(told(paper)).encode(), capture_output=True, check=True, timeout=PATIENCE
        )
    return done.stdout


def told(paper: Paper) -> dict[str, Any]:
    """What the press is told of a paper: its template and its facts."""
    return {"template": TEMPLATES[type(paper)], "facts": asdict(paper) | {"title": paper.title}}
