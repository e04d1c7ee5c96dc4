"""Own input, and what the network says to it."""
