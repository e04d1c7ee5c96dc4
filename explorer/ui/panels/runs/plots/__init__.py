"""What needs pyqtgraph: loaded with the first plot, never with the panel."""
