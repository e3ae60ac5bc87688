"""Write stories as cases below a folder, to look at them."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cases.stories import STORIES, told

for name in sys.argv[2:] or STORIES:
    print(told(name).save(Path(sys.argv[1]) / name))
