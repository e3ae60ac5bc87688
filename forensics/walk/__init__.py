"""walk: names, times and extents of every file; what owns each byte of a medium.

`units` splits media into volumes, `files` walks one, `ledger` tiles the media with what the walks
claim. `open_volume` gives the content of a row of `files`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.evidence import Medium
from forensics.evidence.image import Image, open_image
from forensics.evidence.volumes import Volume, volumes
from forensics.walk import fat, names, ntfs, tsk
from forensics.walk import rows as table
from forensics.walk.ledger import ledger
from forensics.walk.reader import Reader
from forensics.walk.rows import Trouble, Walked, address_of
