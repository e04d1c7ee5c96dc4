"""What is kept of each run: an SQLite file in the user's data folder. May import protocol and what
is to its right; numpy, no torch, no Qt.
"""
