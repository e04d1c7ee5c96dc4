"""Assemble neural networks from blocks, train them, look inside, and take them away."""
