"""Base class of the parts of the service that read its own settings."""

from hub_platform.dependencies import OwnSettings
from hub_reporting.config import Options


class Configured:
    """A part of the service with reporting's settings."""

    options = OwnSettings(Options)
