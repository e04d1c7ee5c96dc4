"""Into sequences and out of them."""
