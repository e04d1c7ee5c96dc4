"""Fully connected layers and what leads to them."""
