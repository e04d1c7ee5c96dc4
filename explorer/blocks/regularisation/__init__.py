"""Normalisation and regularisation."""
