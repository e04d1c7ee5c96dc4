"""The palette: one file is one block, a folder is a palette group. May import explorer.graph."""
