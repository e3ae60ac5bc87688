"""Lists of residents in many forms on one stick."""

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
from fixtures.disk import Node
from fixtures.people import Person
from tests.cases.stories.common import plain_stick, story
from tests.cases.story import BEFORE, FIELDS, USUAL, Story, at, encoded, listing


def many_lists(
    s: Story, forms: dict[str, bytes], each: int, fs: str, scheme: str, container: str
) -> None:
    """One stick with a list per form, each with its own people."""
    plain_stick(
        s,
        [Node(f"lists/{name}", data, BEFORE) for name, data in forms.items()],
        fs,
        scheme,
        container,
    )
    s.register()
    for name in forms:
        s.matched("USB1", name, each)
    s.persons(each * len(forms))
    s.answer("data_on_medium", "USB1", "confirmed", "lists")
    s.answer(
        "changed_after_loss", "USB1", "no_trace undetermined", "nothing was written in the window"
    )
    s.answer("accessed_after_loss", "USB1", "undetermined", "reading leaves no trace")
    s.answer("encrypted", "USB1", "refuted", "plain text")
    s.quiet()


def slices(s: Story, names: Sequence[str], each: int) -> list[tuple[str, list[Person]]]:
    return [(name, s.residents[i * each : (i + 1) * each]) for i, name in enumerate(names)]


@story
def encodings_of_lists(s: Story) -> None:
    codes = (
        "utf-8",
        "utf-8-sig",
        "cp932",
        "euc_jp",
        "iso2022_jp",
        "utf-16-le-bom",
        "utf-16-be-bom",
        "utf-16-le",
        "utf-16-be",
    )
    many_lists(
        s,
        {f"{code}.txt": listing(who, encoding=code) for code, who in slices(s, codes, 40)},
        40,
        "exfat",
        "gpt",
        "e01",
    )


@story
def separators_of_lists(s: Story) -> None:
    forms = {
        "tab.tsv": "\t",
        "semi.csv": ";",
        "bar.txt": "|",
        "quoted.csv": ",",
        "unix.csv": ",",
        "headless.csv": ",",
    }
    many_lists(s, {
        name: listing(who, separator=forms[name], quoted="quoted" in name, header="headless" not in name,
                      newline="\n" if "unix" in name else "\r\n", encoding="utf-8" if "unix" in name else "cp932")
        for name, who in slices(s, list(forms), 30)
    }, 30, "fat32", "mbr", "split.001")  # fmt: skip


@story
def columns_of_lists(s: Story) -> None:
    """No individual number; few columns, in other orders."""
    forms = {
        "address_first.csv": ("address", "name", "born"), "phones.csv": ("name", "phone"), "kana.csv": ("kana", "born", "sex"),
        "numbers.csv": ("number", "name"), "codes.csv": ("code", "name", "address"), "letters.csv": ("postcode", "address", "name"),
        "birthdays.csv": ("name", "born"), "mails.csv": ("sex", "mail", "kana", "born"),
    }  # fmt: skip
    many_lists(
        s,
        {
            name: listing(who, forms[name], encoding="utf-8")
            for name, who in slices(s, list(forms), 30)
        },
        30,
        "fat16",
        "none",
        "split.aa",
    )


@story
def headings_of_lists(s: Story) -> None:
    """The same things under other names."""
    forms = {
        "a.csv": {"name": "対象者氏名", "kana": "フリガナ", "born": "生年月日(西暦)", "address": "現住所", "phone": "連絡先"},
        "b.csv": {"code": "宛名番号", "name": "氏名(漢字)", "kana": "氏名（カナ）", "born": "誕生日", "address": "居所", "phone": "携帯番号"},
        "c.csv": {"name": "世帯主氏名", "kana": "ｶﾅ", "born": "生年月日", "address": "住民票の住所", "phone": "TEL"},
        "d.csv": {"code": "ID", "name": "NAME", "kana": "KANA", "born": "BIRTHDAY", "postcode": "ZIP", "address": "ADDRESS", "phone": "PHONE"},
    }  # fmt: skip
    many_lists(
        s,
        {name: listing(who, header=forms[name]) for name, who in slices(s, list(forms), 30)},
        30,
        "fat12",
        "none",
        "split.000",
    )


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


@story
def formats_of_values(s: Story) -> None:
    s.secrets |= {half(person.kana) for person in s.residents[::10]}
    many_lists(s, {
        f"{name}.csv": listing(who, write=WRITERS[name]) for name, who in slices(s, list(WRITERS), 30)
    }, 30, "ntfs", "mbr", "raw")  # fmt: skip


@story
def variants_without_numbers(s: Story) -> None:
    """Name, kana, birth and address only, each in a variant, in UTF-16 and EUC-JP."""
    columns = ("name", "kana", "born", "address")
    many_lists(s, {
        f"{name}.txt": listing(who, columns, write=WRITERS[name], encoding=("utf-16-le-bom", "euc_jp", "utf-8")[i % 3], separator="\t,;"[i % 3])
        for i, (name, who) in enumerate(slices(s, ("eraletter", "erakanji", "eradigits", "halfkana", "fullwidth", "nospace", "shortaddr"), 30))
    }, 30, "fat32", "none", "e01s")  # fmt: skip


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2023, 6, 1, 9, 0, 0)), data, method)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


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


@story
def carriers_of_lists(s: Story) -> None:
    names = (
        "a.zip",
        "stored.zip",
        "deep.zip",
        "b.csv.gz",
        "c.tar.gz",
        "d.xlsx",
        "titled.xlsx",
        "e.eml",
        "f.b64.txt",
        "xlsx.zip",
    )
    by = dict(slices(s, names, 30))
    many_lists(s, {
        "a.zip": zipped("list.csv", listing(by["a.zip"])),
        "stored.zip": zipped("一覧.csv", listing(by["stored.zip"], encoding="utf-8"), zipfile.ZIP_STORED),
        "deep.zip": zipped("in.zip", zipped("list.tsv", listing(by["deep.zip"], separator="\t"))),
        "b.csv.gz": gzip.compress(listing(by["b.csv.gz"], encoding="utf-8"), mtime=0),
        "c.tar.gz": tarred("out/list.csv", listing(by["c.tar.gz"])),
        "d.xlsx": workbook(cells(by["d.xlsx"])),
        "titled.xlsx": workbook(cells(by["titled.xlsx"]), ("給付対象者一覧", "令和5年6月1日現在", "")),
        "e.eml": mail("list.csv", listing(by["e.eml"])),
        "f.b64.txt": base64.encodebytes(listing(by["f.b64.txt"], encoding="utf-8")),
        "xlsx.zip": zipped("book.xlsx", workbook(cells(by["xlsx.zip"])), zipfile.ZIP_STORED),
    }, 30, "exfat", "mbr", "e01s")  # fmt: skip


@story
def texts_of_programs(s: Story) -> None:
    """Not tables: SQL, JSON lines, labels one under another, fixed columns."""
    names = ("dump.sql", "rows.jsonl", "labels.txt", "fixed.txt")
    by = dict(slices(s, names, 30))
    sql = "".join(
        f"INSERT INTO jumin VALUES ('{p.code}','{p.name}','{p.kana}','{p.born.replace('/', '-')}','{p.postcode}','{p.address}','{p.phone}');\n"
        for p in by["dump.sql"]
    )  # fmt: skip
    json_lines = "".join(
        f'{{"氏名": "{p.name}", "生年月日": "{p.born}", "住所": "{p.address}", "電話番号": "{p.phone}"}}\n'
        for p in by["rows.jsonl"]
    )
    labels = "".join(
        f"氏名：{p.name}\r\n生年月日：{p.born}\r\n住所：{p.address}\r\n電話：{p.phone}\r\n\r\n"
        for p in by["labels.txt"]
    )
    fixed = b"".join(
        people.cp932(p.code) + people.cp932(p.name).ljust(20) + people.cp932(half(p.kana)).ljust(20) + p.born.replace("/", "").encode()
        + people.cp932(p.address).ljust(80) + p.phone.encode().ljust(13) + b"\r\n" for p in by["fixed.txt"]
    )  # fmt: skip
    many_lists(s, {
        "dump.sql": sql.encode(), "rows.jsonl": json_lines.encode(), "labels.txt": encoded(labels, "cp932"), "fixed.txt": fixed,
    }, 30, "exfat", "none", "raw")  # fmt: skip
