"""Schools with a PD lead: assignments, and what becomes of each visit that is owed."""
