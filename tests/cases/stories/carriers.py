"""How a list is written and carried: values in other forms, archives, workbooks, mail."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import io
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Sequence

from fixtures import people
from fixtures.people import Person
from tests.cases.story import FIELDS, USUAL, at

ERAS = (
    ("R", "令和", 2018, dt.date(2019, 5, 1)),
    ("H", "平成", 1988, dt.date(1989, 1, 8)),
    ("S", "昭和", 1925, dt.date(1926, 12, 25)),
)


def era(value: str, style: str) -> str:
    """A day YYYY/MM/DD in the Japanese calendar; style: S50.3.1, 昭和50年3月1日, 3500301."""
    day = dt.date(*map(int, value.split("/")))
    letter, name, base, _ = next(entry for entry in ERAS if day >= entry[3])
    year = day.year - base
    if style == "letter":
        return f"{letter}{year}.{day.month}.{day.day}"
    if style == "kanji":
        return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{'SHR'.index(letter) + 3}{year:02}{day:%m%d}"


def half(text: str) -> str:
    """Full-width kana to half-width."""
    table = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    return "".join(
        table.get(part, {"\u3099": "ﾞ", "\u309a": "ﾟ"}.get(part, part))
        for char in text for part in unicodedata.normalize("NFD", char)
    )  # fmt: skip


def wide(text: str) -> str:
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


WRITERS: dict[str, Callable[[str, str], str]] = {
    "eraletter": lambda f, v: era(v, "letter") if f == "born" else v,
    "erakanji": lambda f, v: era(v, "kanji") if f == "born" else v,
    "eradigits": lambda f, v: era(v, "digits") if f == "born" else v,
    "compact": lambda f, v: v.replace("/", "") if f == "born" else v.replace("-", "") if f in ("phone", "postcode") else v,
    "halfkana": lambda f, v: half(v) if f == "kana" else v,
    "fullwidth": lambda f, v: wide(v) if f in ("phone", "postcode", "code", "born") else v,
    "nospace": lambda f, v: v.replace("　", "").replace(" ", "") if f in ("name", "kana") else v,
    "padded": lambda f, v: f" {v}  ",
    "shortaddr": lambda f, v: v.replace(people.CITY, "").replace("丁目", "-").replace("番", "-").replace("号", "") if f == "address" else v,
    "dotted": lambda f, v: v.replace("/", ".") if f == "born" else "〒" + v if f == "postcode" else v.replace("-", "(", 1).replace("-", ")") if f == "phone" else v,
}  # fmt: skip


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2023, 6, 1, 9, 0, 0)), data, method)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def workbook(rows: Sequence[Sequence[object]], title_rows: Sequence[str] = ()) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": at(1, 9)})
        sheet = book.add_worksheet("一覧")
        for number, row in enumerate([*([text] for text in title_rows), *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def cells(persons: Sequence[Person], columns: Sequence[str] = USUAL) -> list[list[str]]:
    return [
        [FIELDS[column] for column in columns],
        *([getattr(person, column) for column in columns] for person in persons),
    ]


def mail(attachment: str, data: bytes) -> bytes:
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        b"From: jimu03@nami.example.jp\r\nTo: soto@example.com\r\nSubject: =?utf-8?b?6YCB5LuY?=\r\nDate: Thu, 1 Jun 2023 10:00:00 +0900\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="zz"\r\n\r\n--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        + "資料を送ります。\r\n".encode()
        + f'--zz\r\nContent-Type: text/csv; name="{attachment}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
        + body + b"--zz--\r\n"
    )  # fmt: skip
