"""How a run ends before it begins, and at a digest that differs."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  # it is a refusal, and said so to the person
    """Wrong usage or input: one line for the person, exit 2, nothing written."""


class DigestMismatch(Exception):  # noqa: N818  # it is a stop, and said so to the person
    """A declared digest differs: exit 4, no findings."""


class Interrupted(Exception):  # noqa: N818  # as by Ctrl-C, but by what the work needs
    """The work cannot go on; what was done is kept, and the same command goes on. Exit code 130."""
