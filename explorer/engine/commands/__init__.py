"""The thread and its loop: commands in, events out."""
