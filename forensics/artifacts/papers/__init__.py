"""Artefacts: papers."""
