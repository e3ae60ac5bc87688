"""Lists of what was lately used, in registry keys: values 0, 1 … and their order.

Layout          values named by a number; MRUListEx: u32 numbers, newest first, ended by FFFFFFFF
Source          libyal/winreg-kb "Most recently used"
Proves          what its artefact parsers say
Does not prove  when any but the newest was used
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from forensics.artifacts.artifact import Row
from forensics.artifacts.windows.hive import Hive, Key, Value
from forensics.values import NO_TIME, from_filetime


def ordered(hive: Hive, key: Key | None) -> Iterator[tuple[Value, Row]]:
    """Values of a list, newest first, with time (the key's, for the newest), rank and place."""
    values = {value.name: value for value in hive.values(key)}
    order = values.get("MRUListEx")
    numbers = (
        struct.unpack(f"<{len(order.data) // 4}I", order.data[: len(order.data) & ~3])
        if order
        else ()
    )
    listed = [str(number) for number in numbers if number != 0xFFFFFFFF]
    rest = [name for name in values if name.isdigit() and name not in listed]
    for rank, name in enumerate([*dict.fromkeys(listed), *rest]):
        value = values.get(name)
        if value is None:
            continue
        newest = rank == 0 and name in listed
        yield value, {
            "time": from_filetime(key.written) if key and newest else NO_TIME,
            "time_raw": str(key.written) if key and newest else None,
            "record_number": rank, "at": value.at,
        }  # fmt: skip
