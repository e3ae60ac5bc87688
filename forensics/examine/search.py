"""What to look for in contents, and with what: handed to every unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from forensics import personal
from forensics.case import passwords

if TYPE_CHECKING:
    from forensics.personal.detect import Detector

NO_YEAR = 9999  # of the case: then no date is too young to be one of birth


@dataclass(frozen=True, slots=True)
class Options:
    """What to look for. Keys and the register's index go as paths, never as values."""

    key_file: str | None = None  # None: no search for personal data (a manifest)
    register: str | None = None
    rules: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # references to passwords, to be tried on what is locked
    year: int = NO_YEAR
    algorithms: tuple[str, ...] = ("sha256",)
    look_inside: bool = True  # unpack and parse artefacts
    identity: str = ""

    def detector(self) -> Detector | None:
        """The detector of this process: rules are compiled and the register is loaded once."""
        return _detector(self) if self.key_file else None

    def register_size(self) -> int | None:
        """Persons of the owner's register; None where there is none."""
        detector = self.detector()
        return detector.index.persons if detector and detector.index else None

    def passwords(self) -> tuple[str, ...]:
        """Values of the keys, read once by this process."""
        return _passwords(self)


@lru_cache(maxsize=1)
def _detector(options: Options) -> Detector:
    assert options.key_file
    settings = personal.Settings(
        token_key=Path(options.key_file).read_bytes(),
        register=options.register,
        rules=options.rules,
        year=options.year,
    )
    return personal.open_detector(settings)


@lru_cache(maxsize=1)
def _passwords(options: Options) -> tuple[str, ...]:
    return passwords(options.keys)
