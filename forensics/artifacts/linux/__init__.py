"""Artefacts: linux."""
