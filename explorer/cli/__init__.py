"""The same engine without a window. May import engine and what is to its right; never ui."""
