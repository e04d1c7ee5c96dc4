"""Architecture Explorer: assemble neural networks from blocks, train them, look inside, take them away."""
