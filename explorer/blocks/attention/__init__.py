"""Attention and what it needs."""
