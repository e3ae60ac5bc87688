"""Artefacts: browsers."""
