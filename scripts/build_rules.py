"""Writes rules/personal/*.yar: one file per kind, its context words in every encoding, check digits in the condition.

usage: build_rules.py OUT

Words come from forensics/personal/identifiers (one list), shapes and conditions from SHAPES here. A test rebuilds
and compares. Numbers never use `fullword` or `\\b` (a CP932 trail byte looks like a letter): the neighbour bytes are
tested in the condition. Every string has an atom: numbers start with one of the hundred pairs of digits.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from forensics.personal.identifiers import BY_KIND

DATE = "2026-11-25"
ENCODINGS = {
    "UTF8": "utf-8", "CP932": "cp932", "EUCJP": "euc_jp", "ISO2022JP": "iso2022_jp", "UTF16LE": "utf-16-le",
    "UTF16BE": "utf-16-be",
}  # fmt: skip
BARE = {"ASCII": "ascii", "UTF16LE": "utf-16-le", "UTF16BE": "utf-16-be"}
BEFORE, AFTER = 96, 48  # bytes between a context word and its number
_PAIRS = "(" + "|".join(f"{a}{b}" for a in range(10) for b in range(10)) + ")"
_PAIRS_BE = "(" + "|".join(f"\\x00{a}\\x00{b}" for a in range(10) for b in range(10)) + ")"
# CP932 bytes that Windows writes where Python writes NEC's rows.
TWINS = {"髙": (b"\xee\xe0", b"\xfb\xfc"), "﨑": (b"\xed\x95", b"\xfa\xb1")}


@dataclass(frozen=True)
class Shape:
    """digits: least and most of a bare number; grouped: parts joined by a separator; check: condition on instance i; alone: also
    without a context word; severity; false: known false positives; source."""

    digits: tuple[int, int] | None = None
    grouped: tuple[tuple[int, ...], ...] = ()
    separator: str = "[- ]"
    raw: str = ""  # a regular expression of ASCII with its own atom
    check: str = ""
    alone: bool = False
    severity: str = "medium"
    false: str = ""
    source: str = "forensics/personal/identifiers"


_MY_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _eleven(weights: tuple[int, ...], at: int) -> str:
    total = "(" + "+".join(f"D{at + place}*{weight}" for place, weight in enumerate(weights)) + ")"
    digit = f"D{at + len(weights)}"
    return f"(({total}%11<=1 and {digit}==0) or ({total}%11>1 and 11-({total}%11)=={digit}))"


def _corporate() -> str:
    total = "(" + "+".join(f"D{place}*{2 if place % 2 else 1}" for place in range(1, 13)) + ")"
    return f"D0==9-({total}%9)"


def _licence() -> str:
    total = (
        "(" + "+".join(f"D{place}*{weight}" for place, weight in enumerate(_MY_WEIGHTS[1:])) + ")"
    )
    return f"(11-({total}%11))%10==D10"


SHAPES: dict[str, Shape] = {
    "my_number": Shape((12, 12), ((4, 4, 4),), check=_eleven(_MY_WEIGHTS, 0), alone=True, severity="high",
                       false="parcel numbers, YYYYMMDDhhmm, one number of twelve digits in eleven",
                       source="総務省令 平26第85号 5条"),
    "resident_code": Shape((11, 11), severity="high", false="mobile numbers, registered mail"),
    "driver_license": Shape((12, 12), check=_licence(), severity="high", false="My Numbers (5.1 %)"),
    "corporate_number": Shape((13, 13), check=_corporate(), alone=True, severity="public", false="JAN codes (11.2 %)",
                              source="財務省令 平26第70号 2条"),
    "pension_number": Shape((10, 10), ((4, 6),), separator="-", severity="high", false="order numbers"),
    "employment_insurance": Shape((11, 11), ((4, 6, 1),), separator="-", severity="high"),
    "care_insured": Shape((10, 10), severity="high", false="other numbers of ten digits beside the word"),
    "insurer_number": Shape((8, 8), severity="public", false="dates YYYYMMDD"),
    "health_insured": Shape((4, 8), severity="medium", false="any number beside 記号 or 番号"),
    "bank_account": Shape((7, 7), severity="high", false="any seven digits beside 普通 or 口座"),
    "yucho_account": Shape((3, 8), severity="high", false="other numbers beside ゆうちょ"),
    "credit_card": Shape((14, 16), ((4, 4, 4, 4),), severity="high", false="IMEI, test cards"),
    "atena_number": Shape((8, 15), severity="medium", false="any number beside 個人コード"),
    "household_number": Shape((8, 15), severity="medium"),
    "postcode": Shape((7, 7), ((3, 4),), separator="-", severity="low", false="part numbers"),
    "phone": Shape((10, 11), raw=r"0[1-9][0-9]{0,3}[-(][0-9]{1,4}[-)][0-9]{4}", alone=True, severity="low",
                   false="companies and offices", source="総務省 電気通信番号計画"),
    "birth_date": Shape((7, 8), raw=r"(19|20)[0-9]{2}[-\/.][0-9]{1,2}[-\/.][0-9]{1,2}", severity="medium",
                        false="every other date"),
    "passport": Shape(raw=r"[A-Z]{2}(0|1|2|3|4|5|6|7|8|9)[0-9]{6}", severity="high", false="part numbers"),
    "residence_card": Shape(raw=r"[A-Z]{2}(0|1|2|3|4|5|6|7|8|9)[0-9]{7}[A-Z]{2}", severity="high", false="serials"),
    "mrz": Shape(raw=r"P<[A-Z]{3}[A-Z]{1,38}<{1,37}", alone=True, severity="high", false="specimens (UTO)",
                 source="ICAO 9303"),
    "email": Shape(raw=r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}", alone=True,
                   severity="low", false="package metadata, mailing lists"),
    "name": Shape(severity="medium", false="forms without values"),
    "name_kana": Shape(severity="medium", false="forms without values"),
    "address": Shape(severity="medium", false="offices and companies"),
    "sex": Shape(severity="low"),
    "tax_amount": Shape(severity="high"),
    "welfare_flag": Shape(severity="high"),
}  # fmt: skip
_TEXT_VALUES = {"name", "name_kana", "address"}
# One character above ASCII, as bytes of an encoding (kana, kanji).
_CHARACTER = {
    "UTF8": r"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]", "CP932": r"([\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa6-\xdf])",
    "EUCJP": r"([\xa1-\xfe][\xa1-\xfe]|\x8e[\xa6-\xdf])", "ISO2022JP": r"[\x21-\x7e][\x21-\x7e]",
    "UTF16LE": r"[\x00-\xff][\x30\x4e-\x9f\xff]", "UTF16BE": r"[\x30\x4e-\x9f\xff][\x00-\xff]",
}  # fmt: skip


def camel(kind: str) -> str:
    """Name of a kind in a rule's name."""
    return "".join(part.capitalize() for part in kind.split("_"))


def _word_bytes(word: str, codec: str) -> list[bytes]:
    try:
        data = word.encode(codec)
    except UnicodeEncodeError:
        return []
    if codec == "iso2022_jp":
        data = data.replace(b"\x1b$B", b"").replace(b"\x1b(B", b"")
    out = [data]
    if codec == "cp932":
        for char, (first, second) in TWINS.items():
            if char in word:
                out.append(data.replace(first, second))
    return out


def words(kind: str, codec: str) -> list[bytes]:
    """Context words of a kind, at least four bytes each, in an encoding; Latin ones as written and in capitals."""
    item = BY_KIND[kind]
    listed = [word for word in dict.fromkeys((*item.words, *item.headers)) if word.strip()]
    found: list[bytes] = []
    for word in listed:
        for form in dict.fromkeys(
            (word, word.upper(), word.capitalize()) if word.isascii() else (word,)
        ):
            found += [
                data
                for data in _word_bytes(form, codec)
                if len(data) >= (3 if word.isascii() else 4)
            ]
    return list(dict.fromkeys(found))


def _hex(data: bytes) -> str:
    return "{ " + data.hex(" ") + " }"


def _regex(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)


def _numbers(shape: Shape, name: str) -> list[tuple[str, int, int]]:
    """Value strings as (definition, bytes a digit, first byte of a digit): ASCII, wide, or big-endian."""
    step = 2 if name.startswith("UTF16") else 1
    big = name == "UTF16BE"
    out = []
    digit, between = ("(\\x00[0-9])", "\\x00") if big else ("[0-9]", "")
    pairs = _PAIRS_BE if big else _PAIRS
    wide = " wide" if name == "UTF16LE" else ""
    if shape.digits:
        least, most = shape.digits
        out.append((f"/{pairs}{digit}{{{least - 2},{most - 2}}}/{wide}", step, int(big)))
    for parts in shape.grouped:
        lengths = [parts[0] - 2, *parts[1:]]
        body = (between + shape.separator).join(
            f"{digit}{{{length}}}" if length else "" for length in lengths
        )
        out.append((f"/{pairs}{body}/{wide}", step, int(big)))
    return out


_ATOM = re.compile(r"\{[^}]*\}|(\[[^]]*\]|\\.|[A-Za-z0-9<@-])")


def _big_endian(raw: str) -> str:
    """A regular expression of ASCII as UTF-16 of the other byte order: a zero before each character."""
    return _ATOM.sub(lambda match: f"(\\x00{match[1]})" if match[1] else match[0], raw)


def _border(string: str, step: int, first: int) -> str:
    """Neither neighbour of the number is a digit."""
    before, after = f"@{string}[i]-{step - first}", f"@{string}[i]+!{string}[i]+{first}"
    left = f"(@{string}[i]<{step} or uint8({before})<48 or uint8({before})>57)"
    right = f"({after}>=filesize or uint8({after})<48 or uint8({after})>57)"
    return f"{left} and {right}"


def _check(shape: Shape, string: str, step: int, first: int, places: list[int]) -> str:
    out = shape.check
    for place in range(len(places) - 1, -1, -1):
        out = out.replace(f"D{place}", f"(uint8(@{string}[i]+{places[place] * step + first})-48)")
    return out


def _places(parts: tuple[int, ...]) -> list[int]:
    out, place = [], 0
    for part in parts:
        out += range(place, place + part)
        place += part + 1
    return out


def rule(kind: str, name: str, codec: str, *, bare: bool = False) -> str:
    """The rule of one kind in one encoding, or an empty text where it has no strings.

    bare: without context words, for shapes that mean something alone.
    """
    shape = SHAPES[kind]
    context = [] if bare else words(kind, codec)
    strings = [f"        $w{place} = {_hex(word)}" for place, word in enumerate(context)]
    near = f"any of ($w*) in (@V[i]-{BEFORE}..@V[i]+{AFTER})"
    conditions = []
    shapes = [*([shape.digits[:1]] if shape.digits else []), *shape.grouped]
    for place, (definition, step, first) in enumerate(_numbers(shape, name)):
        string = f"v{place}"
        strings.append(f"        ${string} = {definition}")
        parts = [_border(string, step, first)]
        if shape.check:
            parts.append(_check(shape, string, step, first, _places(shapes[place])))
        if context:
            parts.append(near.replace("@V", f"@{string}"))
        conditions.append(f"for any i in (1..#{string}) : ({' and '.join(parts)})")
    if shape.raw:
        raw = _big_endian(shape.raw) if name == "UTF16BE" else shape.raw
        strings.append(f"        $r = /{raw}/" + (" wide" if name == "UTF16LE" else ""))
        if not context:
            conditions.append("$r")
        else:
            conditions.append(f"for any i in (1..#r) : ({near.replace('@V', '@r')})")
    if kind in _TEXT_VALUES and not bare:
        strings += _text_values(kind, name, codec)
        conditions.append("any of ($t*)")
    if not conditions:
        conditions = ["any of ($w*)"]
    if not context and not any("$v" in line or "$r" in line for line in strings):
        return ""
    used = " ".join(conditions)
    if "$w*" not in used:
        strings = [line for line in strings if not line.lstrip().startswith("$w")]
    if not strings:
        return ""
    meta = {
        "description": f"{camel(kind)} of a person of Japan in {codec}", "author": "forensic-leak-check",
        "reference": shape.source, "date": DATE, "id": f"{kind}-{name.lower()}", "kind": kind, "severity": shape.severity,
        "false_positives": shape.false or "none known beside the context word",
    }  # fmt: skip
    if bare:
        meta |= {
            "description": f"{camel(kind)} of a person of Japan, shape alone",
            "id": f"{kind}-bare-{name.lower()}",
        }
        meta["severity"] = "low" if shape.severity != "public" else "public"
    title = f"PII_JP_{camel(kind)}{'Bare' if bare else ''}_{name}"
    lines = [f"rule {title} {{", "    meta:"]
    lines += [f'        {key} = "{value}"' for key, value in meta.items()]
    lines += [
        "    strings:",
        *strings,
        "    condition:",
        "        " + "\n        or ".join(conditions),
        "}",
        "",
    ]
    return "\n".join(lines)


def _text_values(kind: str, name: str, codec: str) -> list[str]:
    """A label and what follows it (names), or a house number (addresses)."""
    character = _CHARACTER[name]
    if kind == "address":
        wide = {"UTF16LE": "[0-9]\\x00", "UTF16BE": "\\x00[0-9]"}.get(name, "[0-9]")
        house = _word_bytes("丁目", codec)[0]
        number = [_word_bytes(word, codec)[0] for word in ("番", "号")]
        kanji, ascii_ = (r"(\x1b\$B)?", r"(\x1b\(B)?") if name == "ISO2022JP" else ("", "")
        return [
            f"        $t0 = /{wide}{kanji}{_regex(house)}{ascii_}({wide}){{1,3}}/",
            f"        $t1 = /{_regex(number[0])}{ascii_}({wide}){{1,3}}{kanji}{_regex(number[1])}/",
        ]
    out = []
    colon = _regex(_word_bytes("：", codec)[0])
    plain = {"UTF16LE": r"[\x20-\x3e]\x00", "UTF16BE": r"\x00[\x20-\x3e]"}.get(
        name, r"[\x09\x20-\x3e]"
    )
    gap = f"({plain}|{colon}){{0,4}}"
    latin = {form.encode(codec) for word in (*BY_KIND[kind].words, *BY_KIND[kind].headers) if word.isascii()
             for form in (word, word.upper(), word.capitalize())}  # fmt: skip
    labels = [word for word in words(kind, codec) if word not in latin]
    for place, label in enumerate(labels[:12]):
        escape = r"(\x1b\(B|\x1b\$B|[\x20-\x3e]){0,6}" if name == "ISO2022JP" else gap
        out.append(f"        $t{place} = /{_regex(label)}{escape}({character}){{2,10}}/")
    return out


def build(kind: str) -> str:
    """The file of one kind."""
    head = (f"// {kind}: generated by scripts/build_rules.py; do not edit.\n"
            "// Proves that bytes of this shape stand here; a record needs more (forensics/personal/evidence.py).\n\n")  # fmt: skip
    rules = [rule(kind, name, codec) for name, codec in ENCODINGS.items() if words(kind, codec)]
    if SHAPES[kind].alone:
        rules += [rule(kind, name, codec, bare=True) for name, codec in BARE.items()]
    return head + "\n".join(filter(None, rules))


def main() -> None:
    out = Path(sys.argv[1])
    for kind in SHAPES:
        if kind != "name_romaji":
            (out / f"{kind}.yar").write_text(build(kind), "utf-8")


if __name__ == "__main__":
    main()
