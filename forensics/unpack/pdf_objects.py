"""Objects of PDF files: found by their marks, so that damaged tables of contents do not matter."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from forensics.unpack import lzw, pdf_crypt, streams
from forensics.unpack.pdf_filters import ascii85, run_lengths, unpredicted
from forensics.unpack.unpacker import Budget, UnpackError

OBJECTS_MAX = 500_000
_DEPTH_MAX = 64  # arrays and dictionaries in each other
_STREAM_MAX = 256 << 20  # bytes of one decoded stream
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]*(?:(?P<comment>%[^\r\n]*)|(?P<mark><<|>>|[\[\]{}])|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)|"
    rb"(?P<text>\()|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?![^\0\t\n\f\r ()<>\[\]{}/%]))|"
    rb"(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)|(?P<other>.))",
    re.DOTALL,
)
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj\b")
_STREAM = re.compile(rb"[\0\t\n\f\r ]*stream[\t ]*(?:\r\n|\n|\r)")
_STREAM_END = re.compile(rb"[\0\t\n\f\r ]*endstream")
_END = re.compile(rb"startxref|trailer|%%EOF")  # one of them comes behind the last object
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
# Where an image inside page content ends: what follows is content again.
_IMAGE_END = re.compile(
    rb"EI(?=\Z|[\0\t\n\f\r ](?:[\0\t\n\f\r\x20-\x7e]{12}|[\0\t\n\f\r\x20-\x7e]{0,11}\Z))"
)
_FLUSHED = b"\0\0\xff\xff"  # a Flate stream that was left open, but is whole
_BALANCE = re.compile(rb"\\.|[()]", re.DOTALL)


class Word(NamedTuple):
    """An operator or keyword."""

    name: bytes


class Ref(NamedTuple):
    number: int


class Stream(NamedTuple):
    """id: number and generation of its object, for what is encrypted; None where it is not."""

    head: dict[str, Any]
    raw: bytes
    id: tuple[int, int] | None = None


def items(data: bytes, at: int = 0) -> Iterator[tuple[Any, int]]:
    """Values and words at the top level, and where each ends. Names are str, strings bytes."""
    stack: list[list[Any]] = []
    out: list[Any] = []
    while match := _TOKEN.match(data, at):
        at = match.end()
        kind, token = match.lastgroup, match[match.lastgroup or 0]
        target = stack[-1] if stack else out
        if kind == "mark" and token in (b"<<", b"["):
            if len(stack) < _DEPTH_MAX:  # deeper ones are read as one
                stack.append([token])
        elif kind == "mark" and token in (b">>", b"]") and stack:
            opened, *values = stack.pop()
            (stack[-1] if stack else out).append(_pairs(values) if opened == b"<<" else values)
        elif kind == "name":
            target.append(
                re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), token).decode(
                    "latin-1"
                )
            )
        elif kind == "text":
            text, at = _string(data, at)
            target.append(text)
        elif kind == "hex":
            digits = b"".join(token.split())
            target.append(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))
        elif kind == "number":
            target.append(float(token) if b"." in token else int(token[:18]))
        elif kind == "word" and token == b"R" and len(target) >= 2 and isinstance(target[-2], int):
            target[-2:] = [Ref(target[-2])]
        elif kind == "word":
            target.append(Word(token))
            image = _IMAGE_END.search(data, at) if token == b"ID" and not stack else None
            at = image.end() if image else at
        if not stack:
            if out and not isinstance(out[-1], int):  # two numbers may be the start of a reference
                yield from ((value, at) for value in out)
                out.clear()
            elif len(out) > 2:
                yield out.pop(0), at
    yield from ((value, at) for value in out)


def _pairs(values: list[Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in zip(values[::2], values[1::2], strict=False)
        if isinstance(key, str)
    }


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """A literal string from behind its opening parenthesis, and where it ends."""
    depth, end = 1, len(data)
    for match in _BALANCE.finditer(data, at):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            end = match.start()
            break
    body = data[at:end]
    if b"\\" in body:
        body = re.sub(rb"\\(\r\n|[0-7]{1,3}|.)", _unescape, body, flags=re.DOTALL)
    return body, end + 1


def _unescape(match: re.Match[bytes]) -> bytes:
    token = match[1]
    if token[:1].isdigit() and token[0] < 0x38:
        return bytes([int(token, 8) & 255])
    return b"" if token in (b"\r\n", b"\n", b"\r") else _ESCAPES.get(token, token)


class Objects:
    """All objects of a file by number; the last one of a number in the file counts.

    older: by number, those that a later one took the place of. problem: why something could
    not be decoded, a code; None while all could. UnpackError LOCKED where the file needs a password.
    """

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.budget = budget
        self.problem: str | None = None
        self.by_number: dict[int, Any] = {}
        self.older: dict[int, list[Any]] = {}
        self._own = -1  # number of the dictionary that tells how the file is encrypted
        marks = list(islice(_OBJECT.finditer(data), OBJECTS_MAX + 1))
        if not 0 < len(marks) <= OBJECTS_MAX:
            self.problem = "BUDGET_MEMBERS" if marks else "NO_OBJECTS"
        found = list(_found(data, marks))
        self.by_number = {one.number: one.value for one in found}
        self._key = self._unlock(data, found)
        if any(one.lost for one in found):
            self.problem = "DAMAGED"
        if found and not _END.search(data, found[-1].end):
            self.problem = "TRUNCATED"
        if self._key:
            found = [one._replace(value=self._opened(one.value, one[:2])) for one in found]
            self.by_number = {one.number: one.value for one in found}
        states = list[tuple[int, Any]]()
        for one in found:
            states.append((one.number, one.value))
            states += self._unpacked(one.value, OBJECTS_MAX - len(states))
        self.by_number = {}
        for number, value in states:
            if number in self.by_number:
                self.older.setdefault(number, []).append(self.by_number[number])
            self.by_number[number] = value

    @property
    def unlocked(self) -> bool:
        """Did a password that was given open the file."""
        return self._key is not None and self._key.given

    @property
    def files_locked(self) -> bool:
        """Are only the files locked that it carries."""
        return self._key is not None and self._key.files is None

    def _unlock(self, data: bytes, found: list[_Found]) -> pdf_crypt.Key | None:
        """The key of a file that is encrypted; UnpackError LOCKED where no password opens it.

        What a stream holds tells nothing of this file: it may be another one, put in as it is.
        """
        starts = [one.start for one in found]

        def is_outside(mark: re.Match[bytes]) -> bool:
            last = bisect_right(starts, mark.start()) - 1
            return last < 0 or mark.start() >= found[last].end

        mark = next(filter(is_outside, pdf_crypt.ENCRYPT.finditer(data)), None)
        if mark is None:
            return None
        value, _ = next(items(data[mark.end() : mark.end() + 4096]), (None, 0))
        if isinstance(value, Ref):
            self._own = value.number
        head = {name: self.resolve(one) for name, one in self.dictionary(value).items()}
        mark = next(filter(is_outside, pdf_crypt.IDENTITY.finditer(data)), None)
        body = data[mark.end() : mark.end() + 512] if mark else b""
        told, _ = next(items(body), (None, 0))
        first = told[0] if isinstance(told, list) and told else b""
        identity = first if isinstance(first, bytes) else b""
        return pdf_crypt.key_of(head, identity, self.budget.passwords)

    def _opened(self, value: Any, place: tuple[int, int]) -> Any:
        """A value with its strings decrypted; streams when they are decoded."""
        key = self._key
        assert key
        if place[0] == self._own:
            return value
        if isinstance(value, bytes):
            return key.opened(value, *place, key.strings)
        if isinstance(value, list):
            return [self._opened(one, place) for one in value]
        if isinstance(value, dict):
            return {name: self._opened(one, place) for name, one in value.items()}
        if isinstance(value, Stream) and value.head.get("Type") != "XRef":
            return Stream(self._opened(value.head, place), value.raw, place)
        return value

    def _unpacked(self, holder: Any, most: int) -> list[tuple[int, Any]]:
        """Numbers and values of the objects in an object stream; of anything else none."""
        if not isinstance(holder, Stream) or holder.head.get("Type") != "ObjStm":
            return []
        first = self.resolve(holder.head.get("First"))
        if not isinstance(first, int):
            self.problem = "DAMAGED"
            return []
        data = self.decoded(holder)
        pairs = islice(items(data[:first]), 2 * max(most, 0) + 2)
        numbers = [value for value, _ in pairs if isinstance(value, int)]
        if len(numbers) > 2 * most:
            self.problem = "BUDGET_MEMBERS"
        places = dict(zip(numbers[1::2], numbers[::2], strict=False))  # offset -> object
        offsets = sorted(places)
        return [
            (places[offset], next(items(data[first + offset : first + end]), (None, 0))[0])
            for offset, end in zip(offsets, [*offsets[1:], len(data)], strict=False)
        ]

    def resolve(self, value: Any) -> Any:
        """What a reference stands for; None where it leads nowhere or in a circle."""
        for _ in range(16):
            if not isinstance(value, Ref):
                return value
            value = self.by_number.get(value.number)
        return None

    def dictionary(self, value: Any) -> dict[str, Any]:
        """A dictionary, or that of a stream; empty where it is something else."""
        value = self.resolve(value)
        value = value.head if isinstance(value, Stream) else value
        return value if isinstance(value, dict) else {}

    def decoded(self, stream: Stream) -> bytes:
        """Data of a stream as far as it can be decoded; where it cannot, `problem` is set."""
        filters = self.resolve(stream.head.get("Filter"))
        told = self.resolve(stream.head.get("DecodeParms"))
        data = stream.raw
        self.budget.spend(len(data))
        names = filters if isinstance(filters, list) else [filters] if filters else []
        several = told if isinstance(told, list) else [told]
        more = [
            {key: self.resolve(one) for key, one in self.dictionary(each).items()}
            for each in several[: len(names)]
        ]
        more += [{}] * (len(names) - len(more))
        if stream.id and self._key:
            method = self._key.method(stream.head.get("Type"), [*map(self.resolve, names)], more)
            data = self._key.opened(data, *stream.id, method)
        for name, parameters in zip(names, more, strict=True):
            data = self._filtered(data, self.resolve(name), parameters)
        return data

    def _filtered(self, data: bytes, name: Any, told: dict[str, Any]) -> bytes:
        if name in ("LZWDecode", "LZW"):
            found = lzw.decoded(data, early=told.get("EarlyChange") != 0)
            return unpredicted(self._gathered(found), told)
        if name in ("FlateDecode", "Fl"):
            flushed = data.rstrip(b"\r\n").endswith(_FLUSHED)
            found = streams.decoded(iter([data]), lambda: streams.Zlib(15), open_end=flushed)
            return unpredicted(self._gathered(found), told)
        if name in ("ASCIIHexDecode", "AHx"):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.split(b">", 1)[0])
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        if name in ("ASCII85Decode", "A85"):
            return ascii85(data)
        if name in ("RunLengthDecode", "RL"):
            return self._gathered(run_lengths(data))
        if name == "Crypt":  # what encrypts the stream was taken off before
            return data
        self.problem = "UNSUPPORTED"
        return b""

    def _gathered(self, found: Iterator[bytes]) -> bytes:
        """Pieces as far as they are sound and within the budget."""
        held = bytearray()
        try:
            for piece in found:
                self.budget.spend(len(piece))
                held += piece
                if len(held) > _STREAM_MAX:
                    self.problem = "BUDGET_MEMORY"
                    break
        except UnpackError as error:
            if error.reason.startswith("BUDGET_"):
                raise
            self.problem = error.reason
        return bytes(held)


class _Found(NamedTuple):
    number: int
    generation: int
    value: Any
    start: int  # of the data of a stream in the file, and where they end
    end: int
    lost: bool  # is there a stream whose dictionary cannot be read


def _found(data: bytes, marks: list[re.Match[bytes]]) -> Iterator[_Found]:
    """The objects at their marks, in the order of the file."""
    ends = [mark.start() for mark in marks[1:]] + [len(data)]
    places = {int(mark[1]): mark.end() for mark in marks}
    inside = 0  # end of the last stream: what looks like an object before it is content
    for mark, end in zip(marks, ends, strict=False):
        if mark.start() >= inside:
            value, at = next(items(data[mark.end() : end]), (None, 0))
            value, inside = _with_stream(data, value, mark.end() + at, places)
            raw = len(value.raw) if isinstance(value, Stream) else 0
            lost = not isinstance(value, Stream) and data.find(b"endstream", inside, end) >= 0
            yield _Found(int(mark[1]), int(mark[2]), value, inside - raw, inside, lost)


def _with_stream(data: bytes, value: Any, at: int, places: dict[int, int]) -> tuple[Any, int]:
    """The value, or the stream that its dictionary begins, and where that ends.

    places: where the body of an object begins, for a length that is one of its own.
    """
    start = _STREAM.match(data, at) if isinstance(value, dict) else None
    if start is None:
        return value, at
    length = value.get("Length")
    if isinstance(length, Ref) and length.number in places:
        body = places[length.number]
        length, _ = next(items(data[body : body + 32]), (None, 0))
    end = start.end() + length if isinstance(length, int) and length >= 0 else -1
    if end < 0 or not _STREAM_END.match(data, end):
        end = data.find(b"endstream", start.end())
        end = len(data) if end < 0 else end
    return Stream(value, data[start.end() : end]), end
