"""Artefacts: windows."""
