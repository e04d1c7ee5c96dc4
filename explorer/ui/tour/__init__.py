"""Drives the real window: for the guided tour and for tests."""
