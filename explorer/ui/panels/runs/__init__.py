"""What was trained so far."""
