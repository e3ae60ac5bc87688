"""Speed of personal-data detection on the bytes of an image: one process, CPU seconds, no profiler.

    python benchmarks/detect.py IMAGE [MIB [FROM]] [--plain] [--yara] [--register PERSONS]

Rows: the candidate scan alone (every byte of every window through the gate), and the whole detection
with validators, rules and records. MIB: at most so many from MiB FROM on (else all). --plain: as where
hyperscan is not installed. --yara: the candidate scan and plain yara-python with the fixed rules of
performance.md 3.5 (twelve digits, telephone, postcode, mail, each in ASCII and UTF-16LE; 98 words in
UTF-8, CP932 and UTF-16LE) over the same bytes, in turns; the ratio is the median of the rounds.
--register: the whole detection with a register of so many synthetic residents, and of it the join alone
(match and comparison); peak_mib is the process's, register in it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

PIECE_BYTES = 1 << 20
ROUNDS = 3
YARA_WINDOW = 16 << 20

_REGEXES = (
    r"[0-9]{12}", r"0[5789]0-?[0-9]{4}-?[0-9]{4}", r"[0-9]{3}-[0-9]{4}",
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}",
)  # fmt: skip
_HEADS = "宛名番号 個人番号 氏名 カナ氏名 生年月日 性別 郵便番号 住所 電話番号 口座番号 世帯番号"


def _words() -> list[str]:
    """47 prefectures, 11 column heads, 40 surnames."""
    from forensics.personal.dictionary import names, prefectures

    surnames = sorted(name for name in names().surnames if len(name) == 2)
    return [*sorted(prefectures()), *_HEADS.split(), *surnames[:: len(surnames) // 40][:40]]


def _yara_rules():
    import yara

    strings = [f"$r{n} = /{text}/ ascii wide" for n, text in enumerate(_REGEXES)]
    for number, word in enumerate(_words()):
        for codec in ("utf-8", "cp932", "utf-16-le"):
            code = word.encode(codec).hex(" ")
            strings.append(f"$w{number}_{codec.replace('-', '')} = {{ {code} }}")
    return yara.compile(source="rule every { strings: " + "\n".join(strings) + " condition: any of them }")  # fmt: skip


class Bytes:
    """A range of an image, read anew for each run."""

    def __init__(self, name: Path, size: int | None, start: int) -> None:
        from forensics.evidence import open_image

        self.image = open_image(name)
        self.start = start
        left = self.image.size - start
        self.size = left if size is None else min(size, left)

    def pieces(self, length: int = PIECE_BYTES) -> Iterator[bytes]:
        end = self.start + self.size
        for offset in range(self.start, end, length):
            yield self.image.read_gaps(offset, min(length, end - offset))[0]


def cpu(job: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    result = job()
    return time.process_time() - began, result


def built_register(persons: int, folder: Path) -> Path:
    """An index of synthetic residents; a process of its own makes it, so that its memory is not counted."""
    index = folder / "register.index"
    code = (
        "import sys; from pathlib import Path; from fixtures import people; from forensics.personal.register import build\n"
        "source = Path(sys.argv[2]).with_suffix('.csv')\n"
        "source.write_text(people.table(one.row() for one in people.register(7, int(sys.argv[1]))), 'utf-8')\n"
        "build(source, None, bytes(32), Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", code, str(persons), str(index)], check=True)
    return index


def timed(owner: object, *names: str) -> list[float]:
    """CPU seconds spent in methods of an object from here on, in a list of one."""
    spent = [0.0]

    def watched(method: Callable[..., object]) -> Callable[..., object]:
        def run(*given: object) -> object:
            seconds, result = cpu(lambda: method(*given))
            spent[0] += seconds
            return result

        return run

    for name in names:
        setattr(owner, name, watched(getattr(owner, name)))
    return spent


def peak_mib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("image", type=Path)
    options.add_argument("mib", type=int, nargs="?")
    options.add_argument("first", type=int, nargs="?", default=0)
    options.add_argument("--plain", action="store_true")
    options.add_argument("--yara", action="store_true")
    options.add_argument("--register", type=int, default=0)
    chosen = options.parse_args()
    if chosen.plain:
        sys.modules["hyperscan"] = None  # type: ignore[assignment]
    from forensics import personal
    from forensics.personal import detect, gate
    from forensics.personal.literals import Literals
    from forensics.work.worker import collect_seldom

    collect_seldom()  # as a worker does
    data = Bytes(chosen.image, chosen.mib and chosen.mib << 20, chosen.first << 20)
    literals = Literals(gate.WORDS)

    def scan() -> int:
        windows = detect.windows(data.pieces())
        return sum(1 for window, start, *_ in windows for _ in gate.regions(window, start, literals, Counter()))  # fmt: skip

    def show(what: str, seconds: float, **more: object) -> None:
        row = {"image": chosen.image.name, "what": what, "hyperscan": not chosen.plain, "bytes": data.size,
               "cpu_s": round(seconds, 2), "mb_per_cpu_s": round(data.size / seconds / 1e6, 1)}  # fmt: skip
        print(json.dumps(row | more), flush=True)

    if chosen.yara:
        rules = _yara_rules()

        def peer() -> int:
            return sum(len(rules.match(data=piece)) for piece in data.pieces(YARA_WINDOW))

        rounds = [(cpu(peer)[0], cpu(scan)[0]) for _ in range(ROUNDS)]
        show("yara-python", statistics.median(one for one, _ in rounds))
        show("candidate scan", statistics.median(two for _, two in rounds),
             ratio=round(statistics.median(one / two for one, two in rounds), 1))  # fmt: skip
        return
    if chosen.register:
        with tempfile.TemporaryDirectory() as folder:
            register = built_register(chosen.register, Path(folder))
            detector = personal.open_detector(personal.Settings(bytes(32), str(register)))
        join = timed(detector.index, "match", "compare")
        seconds, found = cpu(lambda: detector.detect(data.pieces()))
        known = {token for record in found.records for token in record.register_persons}
        show("whole detection with register", seconds, known=len(known))
        show("register join", join[0], peak_mib=peak_mib())
        return
    seconds, regions = cpu(scan)
    show("candidate scan", seconds, regions=regions)
    detector = personal.open_detector(personal.Settings(bytes(32)))
    detector.detect([b""])
    seconds, found = cpu(lambda: detector.detect(data.pieces()))
    tokens = {token for record in found.records for token in record.persons}
    show("whole detection", seconds, records=len(found.records), persons=len(tokens))


if __name__ == "__main__":
    main()
