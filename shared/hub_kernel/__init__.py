"""Rules that several services share, standard library only: clock, working days and years of England."""
