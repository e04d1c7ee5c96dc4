"""Measurements beside their peers, each set in one run: `python -m tests.bench [NAME ...]`."""
