"""What the rules of every service share: the clock, the working days and the academic years of England."""
