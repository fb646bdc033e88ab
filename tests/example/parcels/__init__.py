"""A small service of no hub at all, through which the platform and the messaging library are tested."""
