"""The planted self-test: synthetic records in every encoding and carrier must be found in this run."""

from __future__ import annotations
