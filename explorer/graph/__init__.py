"""What the user draws, as immutable values. Imports nothing of the program."""
