"""Examine: each byte once, in its best form. Hash, type, unpack, search, parse artefacts."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from forensics.case import Case
from forensics.examine.content import Options
from forensics.examine.manifest import digests
from forensics.examine.plan import batches, units
from forensics.examine.settle import settle
from forensics.examine.unit import contents
from forensics.personal import register

__all__ = ["Options", "batches", "contents", "digests", "options", "settle", "units"]


def options(case: Case) -> Options:
    """What this case looks for. Builds the register's index where the case names a register."""
    case.token_key()
    index = None
    if case.register:
        index = case.parts / f"register-{_register_digest(case)}.index"
        if not index.is_file():
            register.build(case.register.file, dict(case.register.columns), case.token_key(), index)
    year = 1970 + case.window[1] // 31_556_952_000_000 if case.window else 0
    out = Options(
        key_file=str(case.key_file),
        register=str(index) if index else None,
        rules=tuple(map(str, case.rules)),
        year=year,
    )
    secret = hashlib.sha256(b"identity" + case.token_key()).hexdigest()
    rules = [
        path.read_bytes().hex() for rules in case.rules for path in sorted(rules.rglob("*.yar"))
    ]
    return _identified(out, secret, rules, index.name if index else None)


def _register_digest(case: Case) -> str:
    assert case.register
    total = hashlib.sha256(case.register.file.read_bytes())
    total.update(json.dumps(case.register.columns).encode() + case.token_key())
    return total.hexdigest()[:32]


def _identified(options: Options, *depends: object) -> Options:
    """The options with the digest of all they stand for (paths do not count, what is there does)."""
    plain = dataclasses.asdict(options) | {
        "key_file": options.key_file is not None,
        "register": None,
        "rules": None,
    }
    text = json.dumps([plain, depends], sort_keys=True, default=str)
    return dataclasses.replace(options, identity=hashlib.sha256(text.encode()).hexdigest())
