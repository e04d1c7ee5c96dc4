"""Loss and accuracy of the present run."""
