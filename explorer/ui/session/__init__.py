"""What buttons mean, without widgets of their own: document, runs, files, recovery."""
