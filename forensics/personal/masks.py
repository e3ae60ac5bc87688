"""Runs of true places in a mask, and what lies around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Maximal runs of true as (start, end)."""
    padded = np.zeros(len(mask) + 2, bool)
    padded[1:-1] = mask
    edges = (padded[1:] != padded[:-1]).nonzero()[0].tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def spread(mask: Mask, around: int) -> Mask:
    """True where a place at most so many away is true."""
    if not mask.any():
        return mask
    total = np.zeros(len(mask) + 2 * around + 1, np.int64)
    mask.cumsum(out=total[around + 1 : around + 1 + len(mask)])
    total[around + 1 + len(mask) :] = total[around + len(mask)]
    out: Mask = total[2 * around + 1 :] > total[: len(mask)]
    return out


def grown(mask: Mask, steps: int, within: Mask) -> Mask:
    """Where so many steps from a true place lead that do not leave `within`."""
    out = mask & within
    for _ in range(steps if out.any() else 0):
        wider = out.copy()
        wider[1:] |= out[:-1]
        wider[:-1] |= out[1:]
        out = wider & within
    return out
