"""What the rules say of the excerpts around hits is what a plain scan of the whole buffer says.

Promised, and held here against `yara` over every byte of a generated buffer:

1. A hit that bears a rule's name: the rule matches in the whole buffer, and a string of it that stands for a value
   lies over the hit. In a table one name serves all cells of one shape of a column, so there it lies over the hit or
   over an earlier one of the same name.
2. A match in the whole buffer that holds its rule's condition at its own place (border, check digit, context word) and
   lies over an accepted value of its kind: the hit bears the name of this rule, or of one that says more. In a table
   the first cell of a column is asked.
3. A match in the whole buffer, in bytes that are a record when they are read alone and without a gate: a region of the
   gate covers it, and it is reported there as the same value.

Not promised, for a string is never a finding: a match that makes no record. A number with a true check digit alone is
counted, not reported (4). A line that tells no encoding of its own is read as its neighbours are, which random bytes
before it may mislead (one buffer in a thousand). Bytes of transfer forms are judged as decoded: a plain scan sees
nothing of them.

5. With hyperscan and without, regions, findings and counts are the same.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass

import pytest
import yara
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixtures.people import register
from forensics.personal import Settings, checks, detect, gate
from forensics.personal.detect import Detector
from forensics.personal.gate import WORDS, Region
from forensics.personal.identifiers import BY_KIND
from forensics.personal.literals import Literals
from forensics.personal.rules import Rules
from forensics.share import share

KEY = bytes(range(32))
PEOPLE = register(43, 300)
NARROW = ("utf-8", "cp932", "euc_jp")
FOLDER = share("rules") / "personal"
RULES = yara.compile(filepaths={path.stem: str(path) for path in FOLDER.glob("*.yar")})
SAMPLES = json.loads((FOLDER / "samples.json").read_text("utf-8"))
ENCODINGS = {"utf-8": "UTF8", "ascii": "UTF8", "cp932": "CP932", "euc-jp": "EUCJP", "iso-2022-jp": "ISO2022JP",
             "utf-16-le": "UTF16LE", "utf-16-be": "UTF16BE"}  # fmt: skip
CHECKED = {"my_number": checks.my_numbers, "corporate_number": checks.corporate_numbers,
           "driver_license": checks.licences}  # fmt: skip
BEFORE, AFTER = 96, 48  # bytes from a value to its context word, as the rules have it
SECTOR = b"\n" * 512


class Open(Detector):
    """A detector without a gate: every window is read as a whole."""

    def _window(self, data, start, low, high, state):
        self._region(data, start, Region(0, len(data), True, False, ()), (low, high), state)


GATED, OPEN, PLAIN = Detector(Settings(KEY)), Open(Settings(KEY)), Detector(Settings(KEY))
NAMES = Rules(())
PLAIN._literals = Literals(WORDS, accelerate=False)


@dataclass(frozen=True)
class Match:
    """A string that stands for a value in the whole buffer; holds: does it hold its rule's condition."""

    rule: str
    kind: str
    start: int
    end: int
    holds: bool

    def over(self, start, end):
        common = min(self.end, end) - max(self.start, start)
        return common > 0 and common * 2 >= min(end - start, self.end - self.start)

    def serves(self, encoding):
        """Is the rule for this encoding, or for digits alone."""
        return self.rule.endswith(("_" + ENCODINGS[encoding], "_ASCII"))

    def rank(self, encoding):
        return 2 * ("Bare" in self.rule) + (not self.rule.endswith("_" + ENCODINGS[encoding]))


def digit(data, place):
    return 0 <= place < len(data) and data[place : place + 1].isdigit()


def bordered(data, start, end, rule):
    step, first = (2 if "UTF16" in rule else 1), int(rule.endswith("UTF16BE"))
    return not (start >= step and digit(data, start - step + first)) and not digit(
        data, end + first
    )


def matches(data):
    """Every value of every rule that matches in the whole buffer."""
    out = []
    for match in RULES.match(data=data):
        words = [
            one.offset
            for string in match.strings
            if string.identifier.startswith("$w")
            for one in string.instances
        ]
        near = "Bare" in match.rule or not BY_KIND[match.meta["kind"]].words
        found = []
        for string in match.strings:
            name = string.identifier[:2]
            for one in string.instances if name != "$w" else ():
                start, end = one.offset, one.offset + one.matched_length
                holds = (
                    name == "$t"
                    or near
                    or any(start - BEFORE <= word <= start + AFTER for word in words)
                )
                if name == "$v":
                    digits = "".join(chr(byte) for byte in data[start:end] if chr(byte).isdigit())
                    check = CHECKED.get(match.meta["kind"])
                    holds = (
                        holds
                        and bordered(data, start, end, match.rule)
                        and (check is None or check(checks.matrix(digits))[0])
                    )
                found.append(Match(match.rule, match.meta["kind"], start, end, holds))
        # yara and we say the same; of licences we also know the codes of prefectures
        assert (
            not found or match.meta["kind"] == "driver_license" or any(one.holds for one in found)
        )
        out += found
    return out


def memo(one, _rng):
    return f"対象者は{one.name}様、{one.born}生まれ、住所は{one.address}です。折り返し{one.phone}へお願いします。\n"


def form(one, rng):
    fields = [f"氏名：{one.name}", f"フリガナ：{one.kana}", f"個人番号：{one.number}", f"生年月日：{one.born}", f"住所：{one.address}",
              f"電話番号：{one.phone}", f"口座番号：{rng.randrange(10**7):07d}", f"郵便番号：〒{one.postcode}",
              f"メールアドレス：{one.mail}"]  # fmt: skip
    return "\n".join(fields[: rng.randrange(3, 10)]) + "\n"


def table(_one, rng):
    separator = rng.choice(",\t;|")
    rows = [
        (one.name, one.kana, one.number, one.born, one.address, one.phone)
        for one in rng.sample(PEOPLE, rng.randrange(2, 9))
    ]
    head = ("氏名", "カナ氏名", "個人番号", "生年月日", "住所", "電話番号")
    return "".join(separator.join(row) + "\r\n" for row in [head, *rows][rng.randrange(2) :])


def samples(_one, rng):
    """Values of the rules' own samples, each on its line: with words, mostly without a person."""
    kinds = rng.sample(sorted(SAMPLES), 3)
    return (
        "\n".join(rng.choice(SAMPLES[kind][rng.choice(("hit", "miss"))]) for kind in kinds) + "\n"
    )


def numbers(_one, rng):
    """Numbers one after another, some of them true, with a word somewhere among them."""
    true = [one.number for one in rng.sample(PEOPLE, 3)]
    some = [
        *true,
        *(f"{rng.randrange(10**size):0{size}d}" for size in rng.choices(range(4, 16), k=6)),
    ]
    rng.shuffle(some)
    some.insert(
        rng.randrange(9), rng.choice(("個人番号", "口座番号", "宛名番号", "myno", "免許証番号"))
    )
    return rng.choice((" ", "", ", ", "\n")).join(some) + "\n"


def noise(rng, narrow):
    size = rng.randrange(600, 5000)
    log = f"2022-06-21T10:00:01Z host{rng.randrange(9)} svc[{rng.randrange(9999)}]: table sed id=e7{rng.randrange(1 << 40):x}\n"
    low = bytes(rng.choices(range(256), weights=[9, *[1] * 255], k=size))
    return rng.choice([bytes(size), rng.randbytes(size), low, (log * 60).encode()[:size],
                       "給付金の審査を開始し、住民へ通知した。\r\n".encode(narrow) * 40])  # fmt: skip


PERSONS = (memo, form, table)
PARTS = st.lists(
    st.tuples(st.sampled_from([*PERSONS, samples, numbers]), st.integers(0, 1 << 40)),
    min_size=1,
    max_size=6,
)


def written(parts, narrow):
    """A buffer of parts with noise between, and where each part lies. One narrow encoding a buffer."""
    content, places = b"", []
    for write, seed in parts:
        rng = random.Random(seed)
        codec = rng.choice([narrow, narrow, "iso2022_jp", "utf-16-le", "utf-16-be"])
        edge = SECTOR if codec == "iso2022_jp" else b"\n" * 9
        content += noise(rng, narrow) + edge
        piece = write(rng.choice(PEOPLE), rng).encode(codec, "ignore")
        places.append((write, len(content), piece))
        content += piece + edge
    return content + noise(random.Random(len(content)), narrow), places


def in_a_table(found, hit):
    return any(
        record.layout != "text" and record.start <= hit.start < record.start + record.length
        for record in found.records
    )


def named_as_scanned(content):
    """Promises 1 and 2 of one buffer."""
    found, every = GATED.detect([content]), matches(content)
    seen = set()
    for hit in found.hits:
        over = [
            one
            for one in every
            if one.kind == hit.kind and one.over(hit.start, hit.start + hit.length)
        ]
        column = (hit.kind, hit.encoding, hit.rule)
        tabular = in_a_table(found, hit)
        if hit.rule.startswith("PII_"):
            assert any(one.rule == hit.rule for one in over) or (tabular and column in seen), hit
            seen.add(column)
        over = [one for one in over if one.serves(hit.encoding)]
        best = min((one.rank(hit.encoding) for one in over if one.holds), default=None)
        if best is None or tabular:
            continue
        assert hit.rule in {one.rule for one in over if one.rank(hit.encoding) <= best}, hit
    return found, every


@settings(max_examples=80)
@given(PARTS, st.sampled_from(NARROW))
def test_names_are_those_of_a_plain_scan(parts, narrow):
    named_as_scanned(written(parts, narrow)[0])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([samples, numbers]), st.integers(0, 1 << 40)), min_size=1, max_size=4),
       st.sampled_from(NARROW))  # fmt: skip
def test_an_excerpt_says_of_any_value_what_the_whole_buffer_says(parts, narrow):
    content = written(parts, narrow)[0]
    every, encoding = matches(content), "euc-jp" if narrow == "euc_jp" else narrow
    for kind, start, end in {(one.kind, one.start, one.end) for one in every}:
        over = [one for one in every if one.kind == kind and one.over(start, end)]
        over = [one for one in over if one.serves(encoding)]
        best = min((one.rank(encoding) for one in over if one.holds), default=9)
        name = NAMES.name(kind, encoding, content, start, end)
        allowed = {one.rule for one in over if one.rank(encoding) <= best}
        assert name in allowed or (name is None and best == 9), (kind, start, end)


def values(found):
    return {(hit.kind, hit.start, hit.length, hit.token) for hit in found.hits}


def covered(content, window):
    """Bytes of a content that the gate lets through, by windows as the detector cuts them."""
    out = bytearray(len(content))
    for data, start, _, _ in detect.windows([content]):
        for region in gate.regions(data, start, window._literals, Counter()):
            out[start + region.start : start + region.end] = b"\1" * (region.end - region.start)
    return out


@settings(max_examples=100)
@given(PARTS, st.sampled_from(NARROW), st.sampled_from([1 << 13, 1 << 20]))
@example(
    [(memo, 880275521701), (form, 510328127819), (memo, 297010547690)], "euc_jp", 1 << 20
)  # ~ beside 8F
@example(
    [(form, 724231651210), (memo, 760571779174)], "utf-8", 1 << 13
)  # UTF-16 at an odd place after text
@example(
    [(table, 478306421062), (numbers, 914358786901), (table, 22970705473), (memo, 769038089122)],
    "cp932",
    1 << 20,
)
@example(
    [(samples, 1025742036904), (table, 113361194074), (table, 363857492406)], "cp932", 1 << 13
)  # ISO-2022-JP read as CP932
def test_what_makes_a_record_passes_the_gate(parts, narrow, size):
    """Promise 3, and 5; in windows of one size that cuts between parts and one that cuts inside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detect, "WINDOW", size)
        content, places = written(parts, narrow)
        found, through = GATED.detect([content]), covered(content, GATED)
        for write, place, piece in places:
            if write not in PERSONS:
                continue
            every = [one for one in matches(piece) if one.holds]
            for kind, start, length, token in values(OPEN.detect([piece])):
                if any(one.kind == kind and one.over(start, start + length) for one in every):
                    assert 0 not in through[place + start : place + start + length], (kind, place)
                    assert (kind, place + start, length, token) in values(found), (
                        kind,
                        place,
                        start,
                    )
        plain = PLAIN.detect([content])
        assert through == covered(content, PLAIN)
        assert (plain.hits, plain.records, plain.counts) == (
            found.hits,
            found.records,
            found.counts,
        )


@settings(max_examples=50)
@given(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=20))
def test_a_true_check_digit_alone_is_counted_not_reported(seeds):
    """Promise 4: among lines of a log and random bytes."""
    content = b""
    for seed in seeds:
        rng = random.Random(seed)
        log = f"2022-06-21T10:00:01Z host{rng.randrange(9)} trace={rng.randrange(1 << 60):x} ok\n".encode()
        around = rng.choice([log * rng.randrange(12, 40), rng.randbytes(rng.randrange(1200, 4000))])
        content += around + b" " + rng.choice(PEOPLE).number.encode() + b"\n"
    content += log * 12
    found = GATED.detect([content])
    alone = {
        one.start
        for one in matches(content)
        if one.rule == "PII_JP_MyNumberBare_ASCII" and one.holds and one.end - one.start == 12
    }
    assert len(alone) >= len(seeds)
    assert found.counts["my_number", "seen"] - found.counts["my_number", "check_digit"] >= len(
        alone
    )
    assert not found.hits
    assert not found.records
