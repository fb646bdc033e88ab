"""What the figures count: pure rules, standard library only."""
