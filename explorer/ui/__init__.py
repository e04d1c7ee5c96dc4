"""All of Qt and pyqtgraph. May import protocol and what is to its right; never engine."""
