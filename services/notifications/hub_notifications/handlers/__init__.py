"""Use cases and reactions of notifications. A reaction writes down what is due; `sending` works it off."""
