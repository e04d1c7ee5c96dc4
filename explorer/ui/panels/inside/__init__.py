"""What can be seen of the selected block."""
