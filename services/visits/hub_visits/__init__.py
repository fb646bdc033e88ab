"""The visits service: half terms, PD-lead assignments, and the visit owed to each school every half term."""
