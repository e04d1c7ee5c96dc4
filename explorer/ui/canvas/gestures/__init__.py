"""One file is one gesture: what happens between a press and a release."""
