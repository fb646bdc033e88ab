"""What enrolment prints: one Typst template for each paper, filled with the facts that it is given."""
