"""What a deployment needs that is no service: its secrets, and later its health."""
