"""The people of the demonstration: who is registered, appointed, moved, merged and erased, and when."""
