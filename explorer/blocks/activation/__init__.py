"""Element-wise non-linear functions."""
