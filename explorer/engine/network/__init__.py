"""From a plan to torch modules."""
