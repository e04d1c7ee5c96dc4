"""The list of blocks."""
