"""Other sizes and other orders of the same numbers."""
