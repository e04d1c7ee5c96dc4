"""Assemble neural networks from blocks, train them, look inside, and export them."""
