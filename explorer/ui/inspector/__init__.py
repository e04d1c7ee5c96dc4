"""The parameters of the selected block, and what it does."""
