"""What reporting does: take in what it hears, and answer."""
