"""The demonstration: an invented hub of 541 connected schools, last academic year and the present one.

`load` sends the plan of a day to the services' public HTTP interfaces, and returns figures that it reads from
reporting. The same day and seed give the same commands on every machine.
"""

from hub_demo.figures import Figures
from hub_demo.loading import Part, Target, load, send, wait_for_figures

__all__ = ["Figures", "Part", "Target", "load", "send", "wait_for_figures"]
