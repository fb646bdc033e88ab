"""Documents to print: one Typst template each, filled with facts."""
