"""The custody log, the secrets outside the case folder, and the lock on it."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from forensics.case.refused import Refused

CUSTODY = "custody.jsonl"


def log(place: Path, event: str, **facts: Any) -> None:
    """Append one chained line: `previous` is the SHA-256 of the line before it, bytes as written."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):  # a line cut by a crash never was written
            file.truncate(sum(map(len, lines[:-1])))
            lines.pop()
        previous = hashlib.sha256(lines[-1]).hexdigest() if lines else "0" * 64
        now = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
        line = {"event": event, "time": now, "previous": previous, **facts}
        file.seek(0, os.SEEK_END)
        file.write(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def secret(folder: Path, name: str, length: int = 32) -> bytes:
    """Secret bytes of a name, made on first use; only their owner may read them."""
    place = folder / f"{name}.key"
    try:
        if not place.exists():
            _make_secret(place, length)
        value = place.read_bytes()
    except OSError as error:
        raise Refused(f"{place}: {error.strerror}") from None
    if len(value) != length:
        raise Refused(f"{place} does not hold a key of {length} bytes")
    return value


def _make_secret(place: Path, length: int) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f".{place.stem}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(length))
    try:
        os.link(draft, place)  # the first of two runs wins, both then read the same key
    except FileExistsError:
        pass  # someone was faster: theirs is the key
    finally:
        draft.unlink()


def default_keys_folder() -> Path:
    base = os.environ.get("FORENSICS_KEYS")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "forensics" / "keys"


def case_id_of(folder: Path) -> str | None:
    """The id of the case that a folder was written for, from its custody log."""
    try:
        with (folder / CUSTODY).open("rb") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError):
        return None
    owner = first.get("case") if isinstance(first, dict) else None
    return owner if isinstance(owner, str) else None
