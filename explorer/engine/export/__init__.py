"""One file for each format that a network can be taken away in. May import what engine may."""
