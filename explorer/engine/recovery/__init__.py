"""What helps when a loss is no number."""
