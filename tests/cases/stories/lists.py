"""Lists of residents in many forms on one stick."""

from __future__ import annotations

import base64
import gzip
import zipfile
from collections.abc import Sequence

from fixtures import people
from fixtures.disk import Node
from fixtures.people import Person
from tests.cases.stories.carriers import WRITERS, cells, half, mail, tarred, workbook, zipped
from tests.cases.stories.common import plain_stick, story
from tests.cases.story import BEFORE, Story, encoded, listing


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
