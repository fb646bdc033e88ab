"""People of the demonstration: registered, appointed, moved, merged and erased."""
