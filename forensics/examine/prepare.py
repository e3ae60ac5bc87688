"""What a case looks for, made ready: the register's index, and the options that stages depend on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from forensics.case import Case, Refused, passwords
from forensics.examine.search import NO_YEAR, Options
from forensics.personal import matching, owner_list, register
from forensics.values import moment


def prepared(case: Case) -> Case:
    """The case with its register as an index of keyed fingerprints, and the number of its persons.

    Refused where the register or a key cannot be read: before the case folder is made.
    """
    passwords(case.keys)
    if not case.register:
        return case
    index = _index(case)
    if not index.is_file():
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / "index"
            try:
                register.build(
                    case.register.file, dict(case.register.columns), case.token_key(), draft
                )
            except owner_list.RegisterError as error:
                raise Refused(f"register {case.register.file.name}: {error}") from None
            index.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(draft, index.with_suffix(".tmp"))
            index.with_suffix(".tmp").replace(index)
    persons = matching.Index.load(index, case.token_key()).persons
    return dataclasses.replace(case, register_persons=persons)


def options(case: Case) -> Options:
    """What this case looks for."""
    index = _index(case) if case.register else None
    year = moment(case.window[1]).year if case.window else NO_YEAR
    out = Options(
        key_file=str(case.key_file),
        register=str(index) if index else None,
        rules=tuple(map(str, case.rules)),
        keys=case.keys,
        year=year,
        algorithms=("sha256", *case.digests),
    )
    secret = hashlib.sha256(b"identity" + case.token_key()).hexdigest()
    rules = [
        path.read_bytes().hex() for folder in case.rules for path in sorted(folder.rglob("*.yar"))
    ]
    keys = hashlib.sha256(repr(passwords(case.keys)).encode() + case.token_key()).hexdigest()
    return _identified(out, secret, rules, index.name if index else None, keys)


def _index(case: Case) -> Path:
    return case.parts / f"register-{_register_digest(case)}.index"


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
        "keys": None,
    }
    text = json.dumps([plain, depends], sort_keys=True, default=str)
    return dataclasses.replace(options, identity=hashlib.sha256(text.encode()).hexdigest())
