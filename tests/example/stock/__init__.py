"""Services written plainly in nameko 2.14.1, for the faults that ours must not have."""
