"""The demonstration year: an invented hub of 541 connected schools, and one academic year of its life.

`load` plays the year through the services' public HTTP interfaces; the figures that it gives back are read
from reporting. The same seed gives the same schools, people and events on every machine.
"""

from local.demonstration.figures import Figures
from local.demonstration.loading import load, send, wait_for_figures

__all__ = ["Figures", "load", "send", "wait_for_figures"]
