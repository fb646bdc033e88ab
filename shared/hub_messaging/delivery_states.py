"""The states of a received delivery, as the column `state` of the inbox stores them."""

from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    """The state of a received delivery."""

    DONE = "done"  # has taken effect
    WAITING = "waiting"  # failed, will be retried
    HELD = "held"  # an earlier event about the same subject must take effect first
    PARKED = "parked"  # needs an operator
    DROPPED = "dropped"  # given up by an operator; blocks nothing


UNFINISHED: Final = (DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.PARKED)
