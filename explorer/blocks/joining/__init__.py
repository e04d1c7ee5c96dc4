"""Where two ways meet."""
