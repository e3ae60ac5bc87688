"""Artefacts: removable."""
