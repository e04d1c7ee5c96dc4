"""The only words that ui and engine share. May import plan and what is to its right; numpy, no
torch, no Qt.
"""
