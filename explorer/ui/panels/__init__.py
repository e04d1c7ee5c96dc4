"""One file is one panel: a function of the last event."""
