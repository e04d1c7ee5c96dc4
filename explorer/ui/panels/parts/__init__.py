"""What several panels are made of: maps, bars, plots, and the way to take a picture away."""
