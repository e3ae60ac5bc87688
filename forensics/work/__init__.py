"""Units of work over processes or hosts; survives each of them. Knows no forensics.

`Crew.each(function, units, options)` is the one door to parallel work. A unit is a frozen picklable
value with `key` (unique in its stage, orders the results), `address` (where a failure is noted),
`bytes` (for progress) and `identity` (digest of all it depends on); it may have `split()`, which
gives smaller units of the same work: what fails alone is split until the culprit is found.
"""

from forensics.work.crew import Crew, Handle, Limits, Progress, Unit
from forensics.work.deadline import alive

__all__ = ["Crew", "Handle", "Limits", "Progress", "Unit", "alive"]
