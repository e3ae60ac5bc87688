"""Small whole cases that differ in media, lists, papers and hosts; each function says only what differs.

`python -m tests.cases.stories DIR [NAME…]` writes them, case.toml and truth.json, below DIR.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import io
import random
import struct
import sys
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from fixtures import people
from fixtures.disk import Node, mbr
from fixtures.evtx import Event, log
from fixtures.make_demo import companies
from fixtures.people import Person
from fixtures.windows import recycle_i
from tests.cases.story import (
    AFTER, BEFORE, FIELDS, HOST, INSIDE, MIB, START, USUAL, Story, at, disk, encoded, ext4, listing, note, pc, samba_log,
    server, shortcut, stick, utc, volume,
)  # fmt: skip

STORIES: dict[str, Callable[[Story], None]] = {}
SERIAL, VOLUME = "KM0311A0077", 0x5A11C0DE
PAIRS = "USB1 PC1 case PC1×USB1 PC1×" + SERIAL
JUNE = {"within": [utc(at(1, 0)), utc(at(30, 0))]}  # the ledger says nothing of earlier months
REGISTER_OF_MEDIA = f"管理番号,媒体種別,シリアル番号,所管課,登録年月日\nU-05,USBメモリー,{SERIAL},市民課,2023/04/01\n"


def story(tell: Callable[[Story], None]) -> Callable[[Story], None]:
    STORIES[tell.__name__] = tell
    return tell


def told(name: str) -> Story:
    """The story of that name, told."""
    made = Story(name, seed=len(name) + sum(name.encode()))
    STORIES[name](made)
    return made


def plain_stick(
    s: Story, nodes: Sequence[Node], fs: str = "fat16", scheme: str = "mbr", container: str = "raw",
    **more: object,
) -> None:  # fmt: skip
    """USB1, the lost stick: authorised, with its serial known."""
    s.item("USB1", "medium", disk(fs, scheme, nodes), container, fs=fs[:3] if fs[:3] == "fat" else fs, serial=SERIAL, authorised=True, **more)


def listed(s: Story, count: int = 200) -> list[Node]:
    """A directory with the list of the first `count` residents and a harmless note."""
    return [
        Node("業務/taisho.csv", listing(s.residents[:count]), BEFORE),
        Node("業務/readme.txt", note("年次の作業に使う。\n"), BEFORE),
    ]


def on_stick(s: Story, count: int = 200, allowed: str = "confirmed") -> None:
    s.matched("USB1", "taisho.csv", count)
    s.answer("data_on_medium", "USB1", allowed, "the list is there")


# Lists in many forms --------------------------------------------------------------------------


def many_lists(s: Story, forms: dict[str, bytes], each: int, fs: str, scheme: str, container: str) -> None:
    """One stick with a list per form, each with its own people."""
    plain_stick(s, [Node(f"lists/{name}", data, BEFORE) for name, data in forms.items()], fs, scheme, container)
    s.register()
    for name in forms:
        s.matched("USB1", name, each)
    s.persons(each * len(forms))
    s.answer("data_on_medium", "USB1", "confirmed", "lists")
    s.answer("changed_after_loss", "USB1", "no_trace undetermined", "nothing was written in the window")
    s.answer("accessed_after_loss", "USB1", "undetermined", "reading leaves no trace")
    s.answer("encrypted", "USB1", "refuted", "plain text")
    s.quiet()


def slices(s: Story, names: Sequence[str], each: int) -> list[tuple[str, list[Person]]]:
    return [(name, s.residents[i * each : (i + 1) * each]) for i, name in enumerate(names)]


@story
def encodings_of_lists(s: Story) -> None:
    codes = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16-le-bom", "utf-16-be-bom", "utf-16-le", "utf-16-be")
    many_lists(s, {f"{code}.txt": listing(who, encoding=code) for code, who in slices(s, codes, 40)}, 40, "exfat", "gpt", "e01")


@story
def separators_of_lists(s: Story) -> None:
    forms = {"tab.tsv": "\t", "semi.csv": ";", "bar.txt": "|", "quoted.csv": ",", "unix.csv": ",", "headless.csv": ","}
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
    many_lists(s, {name: listing(who, forms[name], encoding="utf-8") for name, who in slices(s, list(forms), 30)}, 30, "fat16", "none", "split.aa")


@story
def headings_of_lists(s: Story) -> None:
    """The same things under other names."""
    forms = {
        "a.csv": {"name": "対象者氏名", "kana": "フリガナ", "born": "生年月日(西暦)", "address": "現住所", "phone": "連絡先"},
        "b.csv": {"code": "宛名番号", "name": "氏名(漢字)", "kana": "氏名（カナ）", "born": "誕生日", "address": "居所", "phone": "携帯番号"},
        "c.csv": {"name": "世帯主氏名", "kana": "ｶﾅ", "born": "生年月日", "address": "住民票の住所", "phone": "TEL"},
        "d.csv": {"code": "ID", "name": "NAME", "kana": "KANA", "born": "BIRTHDAY", "postcode": "ZIP", "address": "ADDRESS", "phone": "PHONE"},
    }  # fmt: skip
    many_lists(s, {name: listing(who, header=forms[name]) for name, who in slices(s, list(forms), 30)}, 30, "fat12", "none", "split.000")


ERAS = (("R", "令和", 2018, dt.date(2019, 5, 1)), ("H", "平成", 1988, dt.date(1989, 1, 8)), ("S", "昭和", 1925, dt.date(1926, 12, 25)))


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
        book.set_properties({"created": dt.datetime(2023, 6, 1, 9)})
        sheet = book.add_worksheet("一覧")
        for number, row in enumerate([*([text] for text in title_rows), *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def cells(persons: Sequence[Person], columns: Sequence[str] = USUAL) -> list[list[str]]:
    return [[FIELDS[column] for column in columns], *([getattr(person, column) for column in columns] for person in persons)]


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
    names = ("a.zip", "stored.zip", "deep.zip", "b.csv.gz", "c.tar.gz", "d.xlsx", "titled.xlsx", "e.eml", "f.b64.txt", "xlsx.zip")
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
        f'{{"氏名": "{p.name}", "生年月日": "{p.born}", "住所": "{p.address}", "電話番号": "{p.phone}"}}\n' for p in by["rows.jsonl"]
    )
    labels = "".join(f"氏名：{p.name}\r\n生年月日：{p.born}\r\n住所：{p.address}\r\n電話：{p.phone}\r\n\r\n" for p in by["labels.txt"])
    fixed = b"".join(
        people.cp932(p.code) + people.cp932(p.name).ljust(20) + people.cp932(half(p.kana)).ljust(20) + p.born.replace("/", "").encode()
        + people.cp932(p.address).ljust(80) + p.phone.encode().ljust(13) + b"\r\n" for p in by["fixed.txt"]
    )  # fmt: skip
    many_lists(s, {
        "dump.sql": sql.encode(), "rows.jsonl": json_lines.encode(), "labels.txt": encoded(labels, "cp932"), "fixed.txt": fixed,
    }, 30, "exfat", "none", "raw")  # fmt: skip


# Where bytes hide -----------------------------------------------------------------------------


@story
def deleted_and_left_over(s: Story) -> None:
    who = s.residents
    nodes = [
        Node("案内.txt", note("庁内の案内。\n"), BEFORE),
        Node("旧/kyuu_list.csv", listing(who[:80]), BEFORE, deleted=True),
        Node("案内2.txt", note("案内の続き。\n"), BEFORE, slack=listing(who[80:85], ("name", "born", "phone"))),
    ]
    data = disk("fat16", "mbr", nodes, leftovers=[listing(who[100:180], encoding="utf-8")])
    s.item("USB1", "medium", data, "e01", fs="fat", serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", "kyuu_list.csv", 80, "deleted")
    s.matched("USB1", None, 80, "unallocated")
    s.need("register_match", "rows in slack", evidence="USB1", state="slack", persons={"min": 4, "max": 5})
    s.forbid("register_match", "no live list", evidence="USB1", state="allocated")
    s.persons(165)
    s.answer("data_on_medium", "USB1", "confirmed", "in deleted and free space")
    s.answer("erased", "USB1 case", "undetermined not_examined refuted", "no certificate")


@story
def deleted_on_exfat(s: Story) -> None:
    nodes = [Node("readme.txt", note("空です。\n"), BEFORE), Node("gone/taisho.tsv", listing(s.residents[:120], separator="\t", encoding="utf-16-le-bom"), BEFORE, deleted=True)]
    plain_stick(s, nodes, "exfat", "none", "split.001")
    s.register()
    s.matched("USB1", "taisho.tsv", 120, "deleted")
    s.forbid("register_match", "no live list", evidence="USB1", state="allocated")
    s.persons(120)
    s.quiet()


@story
def streams_of_ntfs(s: Story) -> None:
    """A list in an alternate data stream, one resident in the MFT, one deleted, one fragmented."""
    who = s.residents
    nodes = [
        Node("memo.txt", note("何もない。\n"), BEFORE, streams={"hidden": listing(who[:4], ("name", "born", "phone"), encoding="utf-8")}),
        Node("small.csv", listing(who[10:14], ("name", "born", "phone")), BEFORE),
        Node("frag.csv", listing(who[20:120]), BEFORE, stride=3),
        Node("gone.csv", listing(who[120:200]), BEFORE, deleted=True),
    ]
    plain_stick(s, nodes, "ntfs", "gpt", "e01s")
    s.register()
    s.need("register_match", "in a stream", evidence="USB1", path={"contains": "hidden"}, persons={"min": 4, "max": 4})
    s.need("register_match", "resident", evidence="USB1", path={"contains": "small.csv"}, persons={"min": 4, "max": 4})
    s.matched("USB1", "frag.csv", 100)
    s.matched("USB1", "gone.csv", 80, "deleted")
    s.persons(188)


@story
def outside_the_partition(s: Story) -> None:
    """A list behind the last partition, and one behind a picture."""
    who = s.residents
    jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0H\0H\0\0" + bytes(range(1, 240)) * 9 + b"\xff\xd9"
    data = disk("fat16", "mbr", [Node("foto.jpg", jpeg + listing(who[:60], encoding="utf-8"), BEFORE)])
    data += listing(who[100:160], encoding="utf-16-le").ljust(1 * MIB, b"\0")
    s.item("USB1", "medium", data, fs="fat", serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", "foto.jpg", 60)
    s.matched("USB1", None, 60, "unpartitioned")
    s.persons(120)


@story
def a_big_list(s: Story) -> None:
    """Ten copies of the list in one file, more than a window of the search; persons count once."""
    text = b"".join(listing(s.residents, header=i == 0, encoding="utf-8") for i in range(20))
    plain_stick(s, [Node("all.csv", text, BEFORE)], "fat32", "mbr", "e01")
    s.register()
    s.matched("USB1", "all.csv", 400)
    s.persons(400)


@story
def two_thousand_files(s: Story) -> None:
    notes = [Node(f"d{i % 50:02}/n{i:04}.txt".upper(), f"memo {i} {'x' * (i % 300)}\r\n".encode(), BEFORE) for i in range(2000)]
    plain_stick(s, [*notes, Node("D07/LIST.CSV", listing(s.residents[:50]), BEFORE)], "fat32", "mbr")
    s.register()
    s.matched("USB1", "LIST.CSV", 50)
    s.persons(50)
    s.quiet()


# Registers ------------------------------------------------------------------------------------


def with_register(s: Story, data: bytes, name: str = "register.csv", **more: object) -> None:
    plain_stick(s, listed(s), "exfat", "mbr")
    s.register(data, name, **more)
    on_stick(s)
    s.persons(200, 400)


@story
def register_with_semicolons(s: Story) -> None:
    with_register(s, listing(s.residents, tuple(FIELDS), separator=";"))


@story
def register_as_workbook(s: Story) -> None:
    with_register(s, workbook(cells(s.residents, tuple(FIELDS)), ("住民基本台帳 抽出", "令和5年6月1日")), "台帳.xlsx")


@story
def register_with_own_headings(s: Story) -> None:
    heads = {"code": "KEY1", "name": "FULL", "kana": "READING", "born": "DAY", "address": "PLACE", "phone": "CALL"}
    columns = {"KEY1": "resident_code", "FULL": "name", "READING": "name_kana", "DAY": "birth_date", "PLACE": "address", "CALL": "phone"}
    with_register(s, listing(s.residents, tuple(heads), header=heads, encoding="utf-8-sig", quoted=True), columns=columns)


@story
def register_in_utf16_with_eras(s: Story) -> None:
    with_register(s, listing(s.residents, encoding="utf-16-le-bom", separator="\t", write=WRITERS["erakanji"]), "register.txt")


@story
def no_register(s: Story) -> None:
    """Without a register persons are counted from the records; nothing may be matched."""
    plain_stick(s, listed(s), "fat32", "mbr")
    s.need("personal_data", "the list", evidence="USB1", path={"contains": "taisho.csv"}, persons={"min": 196, "max": 204})
    s.forbid("register_match", "there is no register")
    s.persons(200, 204)
    s.answer("data_on_medium", "USB1", "confirmed", "list")
    s.answer("copied_elsewhere", "USB1 case", "undetermined not_examined", "no register, no other item")


@story
def no_window(s: Story) -> None:
    s.window = None
    plain_stick(s, listed(s), "exfat", "gpt", "e01")
    s.register()
    on_stick(s)
    s.persons(200)
    s.answer("accessed_after_loss", "USB1 case", "undetermined not_examined", "no window")
    s.answer("changed_after_loss", "USB1 case", "undetermined not_examined", "no window")
    s.answer("leak", "case", "undetermined not_examined", "no window")


# Nothing personal -----------------------------------------------------------------------------


def clean(s: Story, nodes: Sequence[Node], *, staff: bool = False, **more: str) -> None:
    """A stick without residents: every byte looked at."""
    plain_stick(s, nodes, **{"fs": "fat16", **more})
    s.register()
    s.forbid("register_match", "nobody of the register is there")
    if not staff:
        s.nobody("USB1")
        s.answer("data_on_medium", "USB1", "refuted", "every byte looked at, nothing personal")
    s.answer("fully_examined", "USB1", "confirmed", "all bytes")
    s.counted = {"at_least": {"min": 0, "max": 12 if staff else 0}, "at_most": {"min": 0, "max": 12 if staff else 2}}
    s.quiet()


@story
def an_empty_stick(s: Story) -> None:
    clean(s, [Node("EMPTY", None, BEFORE)], fs="fat32", scheme="none")


@story
def public_numbers(s: Story) -> None:
    """Corporate numbers, postcodes of towns, orders and parcels that pass check digits."""
    rng = random.Random(7)
    towns = "".join(
        f'01101,"{60 + i % 30:03}  ","{149 + i % 3}{8000 + i:04}","ミホンケン","キリガウラシ","{kana}","見本県","霧ヶ浦市","{town}",0,0,0,0,0,0\r\n'
        for i, (town, kana) in enumerate([(f"{a}{b}町", "アザ" + "カキクケコサシスセソ"[i % 10]) for i in range(30) for a in "東西南北中" for b in "浜岡沢原田"])
    )  # fmt: skip
    orders = "注文番号,品番,発送日,個数,問合せ番号\r\n" + "".join(
        f"{(n := ''.join(rng.choices('0123456789', k=11))) + people.check_digit(n)},{rng.randrange(10**12):012},2023/05/{rng.randrange(28) + 1:02},{rng.randrange(9)},{rng.randrange(10**12):012}\r\n"
        for _ in range(400)
    )  # fmt: skip
    branches = "支店名,郵便番号,所在地,代表電話\r\n" + "".join(
        f"{town}支店,149-{8000 + i},{people.CITY}{town}{i + 1}丁目1番1号,0{70 + i}-200-{1000 + i}\r\n" for i, town in enumerate(people.TOWNS)
    )
    clean(s, [
        Node("法人番号一覧.csv", note(companies()), BEFORE), Node("KEN_ALL.CSV", encoded(towns, "cp932"), BEFORE),
        Node("order.csv", encoded(orders, "cp932"), BEFORE), Node("支店一覧.csv", encoded(branches, "cp932"), BEFORE),
    ])  # fmt: skip


@story
def samples_and_forms(s: Story) -> None:
    """Test rows with 山田太郎, empty forms, a manual with a filled-in example."""
    rows = "氏名,フリガナ,生年月日,郵便番号,住所,電話番号,個人番号\r\n" + "".join(
        f"山田太郎,ヤマダタロウ,1980/01/01,000-0000,東京都千代田区霞が関１－１－１,000-0000-000{i},12345678901{'8' if i % 2 else '2'}\r\n" for i in range(9)
    )
    manual = "入力の例\n氏名：山田　太郎\n生年月日：昭和50年1月1日\n住所：○○市○○町1-2-3\n電話：03-0000-0000\n個人番号：123456789012\n"
    clean(s, [
        Node("テスト.csv", encoded(rows, "cp932"), BEFORE), Node("様式.csv", note(",".join(FIELDS.values()) + "\n" + "," * 9 + "\n"), BEFORE),
        Node("手引き.txt", note(manual), BEFORE),
    ], fs="exfat")  # fmt: skip


@story
def staff_phones(s: Story) -> None:
    """Staff with extensions: persons, but not the register's."""
    staff = people.register(991, 10)
    text = "所属,職名,氏名,内線\r\n" + "".join(f"市民課,主事,{p.name},{2300 + i}\r\n" for i, p in enumerate(staff))
    clean(s, [Node("内線表.csv", encoded(text, "cp932"), BEFORE)], staff=True, fs="fat12", scheme="none")
    s.hide(staff)


@story
def random_bytes(s: Story) -> None:
    """A headerless random run is not examined as text away: its content may be anything; still no finding."""
    noise = random.Random(5).randbytes(1 * MIB)
    plain_stick(s, [Node("x.bin", noise, BEFORE)], "fat16")
    s.register()
    s.nobody("USB1")
    s.forbid("locked", "random is not encrypted")
    s.answer("data_on_medium", "USB1", "refuted undetermined", "nothing personal to see")


# Locked ---------------------------------------------------------------------------------------


def locked_zip(name: str, seed: int, *, aes: bool = True, size: int = 90_000) -> bytes:
    """A ZIP whose one member needs a password; the content is noise, as a cipher text looks."""
    noise, raw = random.Random(seed).randbytes(size), name.encode("cp932")
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8) if aes else b""
    method, version = (99, 51) if aes else (8, 20)
    core = struct.pack("<HHHHHIIIHH", version, 1, method, 0x4800, 0x56C1, 0 if aes else 0x12345678, size, 3 * size, len(raw), len(extra))
    local = b"PK\3\4" + core + raw + extra + noise
    central = b"PK\1\2" + struct.pack("<H", version) + core + struct.pack("<HHHII", 0, 0, 0, 0x20, 0) + raw + extra
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def about_locked(s: Story) -> None:
    s.exits = (3,)
    s.need("locked", "a password", evidence="USB1", path={"contains": "juki_all.zip"})
    s.forbid("register_match", "a name is not content", evidence="USB1")
    s.answer("data_on_medium", "USB1", "undetermined", "a name is not content", reasons={"has": ["LOCKED"]})
    s.answer("fully_examined", "USB1", "refuted undetermined", "locked")
    s.answer("leak", "case", "undetermined", "locked")
    s.truth["coverage"].append({"evidence": "USB1", "locked": {"min": 80_000, "max": 120_000}})


@story
def aes_zip_of_residents(s: Story) -> None:
    plain_stick(s, [Node("juki_all.zip", locked_zip("住基全件.csv", 1), BEFORE)], "fat16")
    s.register()
    about_locked(s)


@story
def aes_zip_of_manuals(s: Story) -> None:
    plain_stick(s, [Node("juki_all.zip", locked_zip("manual.pdf", 2), BEFORE)], "exfat", "none", "e01")
    s.register()
    about_locked(s)


@story
def zipcrypto(s: Story) -> None:
    plain_stick(s, [Node("juki_all.zip", locked_zip("list.csv", 3, aes=False), BEFORE)], "ntfs")
    s.register()
    about_locked(s)
    s.answer("encrypted", "USB1", "refuted undetermined", "ZipCrypto is no sound encryption")


@story
def bitlocker(s: Story) -> None:
    boot = bytearray(random.Random(4).randbytes(8 * MIB))
    boot[:512] = b"\xeb\x58\x90-FVE-FS-" + struct.pack("<HB", 512, 8) + bytes(497) + b"\x55\xaa"
    struct.pack_into("<Q", boot, 40, 8 * MIB // 512)
    boot[160:176] = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    for place in (0x10000, 0x20000, 0x30000):
        boot[place : place + 8] = b"-FVE-FS-"
        struct.pack_into("<HH", boot, place + 8, 0x200, 2)
    struct.pack_into("<QQQ", boot, 176, 0x10000, 0x20000, 0x30000)
    s.item("USB1", "medium", mbr(bytes(boot), 0x07, 2048, 77), fs=None, serial=SERIAL, authorised=True)
    s.register()
    s.exits = (3,)
    s.need("locked", "BitLocker", evidence="USB1", method={"re": "(?i)bitlocker|fve"})
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "undetermined", "locked")
    s.answer("encrypted", "USB1", "confirmed undetermined", "the volume is under BitLocker")
    s.truth["coverage"].append({"evidence": "USB1", "locked": {"min": 7 * MIB}})


# Damage ---------------------------------------------------------------------------------------


CAPPED = "confirmed undetermined"  # domain.md 7.24: at most C1 rests on damaged evidence


def damaged(s: Story, count: int = 200) -> None:
    s.exits = (3, 4)
    s.register()
    s.answer("evidence_intact", "USB1", "refuted undetermined", "a part is missing")
    s.answer("fully_examined", "USB1", "refuted undetermined", "a part is missing")
    s.answer("leak", "case", "undetermined", "a part is missing")


@story
def truncated_raw(s: Story) -> None:
    data = disk("fat32", "mbr", [*listed(s), Node("FILL.BIN", bytes(30 * MIB), BEFORE)])
    s.item("USB1", "medium", data, declared="none", complete=False, serial=SERIAL, authorised=True,
           spoil=lambda parts: {"raw": parts["raw"][: 20 * MIB + 300]})  # fmt: skip
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.need("unexamined", "the missing part", evidence="USB1", state={"any": ["unreadable"]}, bytes={"min": 10 * MIB})


@story
def clean_but_truncated(s: Story) -> None:
    """Nothing personal in what there is: no negative all the same."""
    data = disk("exfat", "mbr", [Node("a.txt", note("空\n"), BEFORE)])
    s.item("USB1", "medium", data, declared="none", complete=False, serial=SERIAL, spoil=lambda parts: {"raw": parts["raw"][: 5 * MIB]})
    damaged(s)
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "undetermined", "a part is missing")


@story
def missing_middle_segment(s: Story) -> None:
    noise = Node("FILL.BIN", random.Random(9).randbytes(20 * MIB), BEFORE)
    s.item("USB1", "medium", disk("fat32", "none", [*listed(s), noise]), "e01s", lost=["E03"], complete=False, serial=SERIAL, authorised=True)
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.truth["coverage"].append({"evidence": "USB1", "unreadable": {"min": 1 * MIB}})


@story
def missing_last_split(s: Story) -> None:
    data = disk("fat32", "mbr", [*listed(s), Node("FILL.BIN", bytes(30 * MIB), BEFORE)])
    s.item("USB1", "medium", data, "split.001", lost=["003"], declared="none", complete=False, serial=SERIAL, authorised=True)
    damaged(s)
    on_stick(s, allowed=CAPPED)


@story
def bad_chunk(s: Story) -> None:
    """A byte of an E01 flipped where a list lies: that chunk is unreadable, the rest is found."""

    def spoil(parts: dict[str, bytes]) -> dict[str, bytes]:
        data = bytearray(parts["E01"])
        data[len(data) // 3] ^= 0x40
        return {"E01": bytes(data)}

    noise = Node("FILL.BIN", random.Random(9).randbytes(3 * MIB), BEFORE)
    s.item("USB1", "medium", disk("fat16", "mbr", [noise, *listed(s)]), "e01", complete=False, serial=SERIAL, authorised=True, spoil=spoil)
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.truth["coverage"].append({"evidence": "USB1", "unreadable": {"min": 512, "max": 40_000}})


@story
def another_digest(s: Story) -> None:
    plain_stick(s, listed(s), declared="wrong")
    s.register()
    s.exits, s.stops = (4,), True


@story
def another_digest_accepted(s: Story) -> None:
    plain_stick(s, listed(s), declared="wrong")
    s.register()
    s.exits, s.arguments = (4,), ("--accept-mismatch", "the note was mistyped")
    s.matched("USB1", "taisho.csv", 200)
    s.answer("evidence_intact", "USB1", "refuted", "the digest differs")
    s.answer("data_on_medium", "USB1", "undetermined", "nothing that rests on it is above C1")
    s.answer("leak", "case", "undetermined", "the digest differs")


@story
def boot_sector_gone(s: Story) -> None:
    """The first sectors are zero: no file system, rows are found raw."""
    data = bytearray(volume("fat16", listed(s)))
    data[:2048] = bytes(2048)
    s.item("USB1", "medium", bytes(data), serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", None, 200, {"any": ["unpartitioned", "unallocated"]})
    s.answer("data_on_medium", "USB1", "confirmed", "rows found raw")
    s.exits = (3,)
    s.truth["coverage"].append({"evidence": "USB1", "unsupported": {"min": 7 * MIB}})
    s.persons(200)


# The stick and a PC ---------------------------------------------------------------------------


def stick_and_pc(s: Story, pc_data: bytes, nodes: Sequence[Node] | None = None, fs: str = "fat32", **more: object) -> None:
    plain_stick(s, listed(s) if nodes is None else nodes, fs, **{"container": "raw", **more})
    s.item("PC1", "pc", pc_data, fs="ntfs", zone=None)
    s.register()


def papers(s: Story, *loans: str) -> None:
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.paper("take_out", "持出管理簿.csv", "管理番号,持出日時,持出者,持出先,目的,返却日時\n" + "".join(f"{loan}\n" for loan in loans))


@story
def copied_in_pieces(s: Story) -> None:
    """The list on a PC in pieces, sorted anew, columns dropped, in other encodings (7.7)."""
    who = sorted(s.residents[:200], key=lambda person: person.kana)
    columns = ("kana", "born", "name", "address")
    forms = (
        {"encoding": "utf-16-le-bom", "separator": "\t"}, {"encoding": "euc_jp"}, {"write": WRITERS["eraletter"]},
        {"write": WRITERS["halfkana"], "encoding": "cp932"}, {"encoding": "utf-8", "quoted": True},
    )
    more = [Node(f"Users/{HOST.account}/Documents/part{i}.txt", listing(who[i * 40 : i * 40 + 40], columns, **form), BEFORE) for i, form in enumerate(forms)]
    s.secrets |= {half(person.kana) for person in who[::10]}
    used = stick(SERIAL, VOLUME, at(2, 9, 50))
    stick_and_pc(s, pc([used], more=more, scheme="gpt"), container="e01")
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    for i in range(5):
        s.matched("PC1", f"part{i}.txt", 40)
    s.need("copy", "the same rows", any_address={"re": r"part\d\.txt"}, basis={"any": ["records", "piece"]})
    s.connected(used, registered=True)
    s.forbid("mismatch", "that day it was taken out", what={"re": "^connected_"}, time=JUNE)
    s.persons(200)
    s.answer("copied_elsewhere", PAIRS, "confirmed", "rows on PC1")
    s.answer("accessed_after_loss", PAIRS, "undetermined no_trace", "last use lies before the window")


@story
def second_stick_from_the_registry(s: Story) -> None:
    """A stick that nobody registered or supplied (7.5), and a link to a file of the same name."""
    used, other = stick(SERIAL, VOLUME, at(2, 9, 50)), stick("XZ99120031", 0x77E1D2C3, INSIDE, "KAGE", vendor="Ryu", letter="F")
    size = len(listing(s.residents[:200]))
    stick_and_pc(s, pc([used, other], [shortcut("F:\\taisho.csv", size, 0x77E1D2C3, INSIDE + dt.timedelta(minutes=2), "KAGE")]))
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    s.connected(used, registered=True)
    s.connected(other, registered=False)
    s.opened("taisho.csv", INSIDE + dt.timedelta(minutes=2), volume_serial={"hex": "77E1D2C3"})
    s.forbid("open", "it lay on the other stick", path={"contains": "taisho"}, medium={"any": ["USB1", SERIAL]})
    s.forbid("copy", "name and size prove nothing", basis={"any": ["digest", "records"]})
    s.need("mismatch", "not in the register", what="medium_unregistered", subject={"contains": "XZ99120031"})
    s.forbid("mismatch", "USB1 is registered", what="medium_unregistered", subject={"contains": SERIAL})
    s.forbid("mismatch", "it was taken out that day", what={"re": "^connected_"}, subject={"contains": SERIAL}, time=JUNE)
    s.answer("unregistered_media", "PC1 case PC1×XZ99120031", "confirmed", "the registry of PC1")
    s.answer("copied_elsewhere", "USB1", "undetermined", "the other stick is not here", reasons={"has": ["OUTSIDE_EVIDENCE"]})
    s.answer("leak", "case", "undetermined confirmed", "a known stick is missing")
    s.answer("accessed_after_loss", "USB1 PC1×USB1", "undetermined no_trace", "only the other stick was used")
    s.answer("data_on_medium", "XZ99120031", "not_examined", "not supplied")


@story
def wrong_stick(s: Story) -> None:
    """A link on E: with another volume serial: E: was another stick then."""
    used = stick(SERIAL, VOLUME, at(2, 9, 50))
    stick_and_pc(s, pc([used], [shortcut("E:\\業務\\taisho.csv", 4096, 0x0BADF00D, INSIDE, "OTHER")]))
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.opened("taisho.csv", INSIDE, volume_serial={"hex": "0BADF00D"})
    s.forbid("open", "not from USB1", medium={"any": ["USB1", SERIAL]})
    s.forbid("open", "not from USB1", medium_serial={"any": [SERIAL]})
    s.answer("opened_files", "USB1 PC1×USB1 PC1×" + SERIAL, "undetermined no_trace", "the link names another volume")
    s.answer("accessed_after_loss", "USB1 PC1×USB1", "undetermined no_trace", "the link names another volume")


@story
def used_in_the_window_abroad(s: Story) -> None:
    """The PC runs on China's time: registry and links are UTC, the stick's own dates local."""
    used, when = stick(SERIAL, VOLUME, INSIDE), INSIDE + dt.timedelta(minutes=3)
    stick_and_pc(s, pc([used], [shortcut("E:\\業務\\taisho.csv", 100, VOLUME, when)], china=True), container="split.aa")
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    s.connected(used, registered=True)
    s.opened("taisho.csv", when)
    s.need("mismatch", "no loan in the window", what={"re": "^connected_(without|outside)_takeout$"}, time={"overlaps": [utc(INSIDE), utc(INSIDE + dt.timedelta(hours=1))]})
    s.answer("accessed_after_loss", PAIRS, "confirmed", "used in the window")
    s.answer("opened_files", PAIRS, "confirmed", "the link")
    s.answer("who_connected", PAIRS, "confirmed", "the registry")


@story
def a_clock_that_runs_fast(s: Story) -> None:
    """The PC's clock is 40 minutes ahead; by it the stick was used in the window."""
    shown = at(9, 18, 45)  # until 19:05; truly from 18:05 to 18:25: before the window
    used = stick(SERIAL, VOLUME, shown)
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", pc([used], [shortcut("E:\\業務\\taisho.csv", 100, VOLUME, shown)]), fs="ntfs", zone=None,
           lines=['clock_offset = "+00:40:00"', f"clock_checked = {AFTER.isoformat()}"])  # fmt: skip
    s.register()
    true = shown - dt.timedelta(minutes=40)
    s.need("connection", "shifted", host={"any": ["PC1", HOST.name]}, last={"covers": utc(true), "slack": 90})
    s.need("clock", "the note", host={"any": ["PC1", HOST.name]}, seconds_min={"min": 2340, "max": 2460})
    s.answer("accessed_after_loss", PAIRS, "undetermined no_trace", "before the window by true time")
    s.quiet()


@story
def old_extract_on_the_pc(s: Story) -> None:
    """The same residents from an extract of 2021 on a PC: other addresses for those who moved (7.10)."""
    moved = people.register(5150, 400)
    s.hide(moved[::40])
    who = s.residents[:200]

    def older(place: int, person: Person) -> Person:
        return people.Person(**{**vars(person), "address": moved[place].address, "phone": moved[place].phone}) if place % 4 == 0 else person

    old = listing([older(place, person) for place, person in enumerate(who)], tuple(FIELDS), encoding="utf-8")
    more = [Node(f"Users/{HOST.account}/Documents/R3_ichiran.csv", old, at(10, 9, year=2021))]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], more=more), fs="exfat")
    on_stick(s)
    s.matched("PC1", "R3_ichiran.csv", 200, extract="other")
    s.forbid("copy", "another extract")
    s.forbid("register_match", "the stick's is not older", evidence="USB1", extract="other")
    s.persons(200)
    s.answer("same_extract", "PC1 case", "refuted", "addresses of another date")
    s.answer("copied_elsewhere", "USB1 PC1 case", "undetermined", "another extract", reasons={"has": ["OTHER_EXTRACT"]})
    s.answer("still_held", "PC1 case", "confirmed", "residents lie there")


@story
def old_extract_beside_the_copy(s: Story) -> None:
    """Both lie on the PC: the copy still counts, in the recycle bin."""
    moved = people.register(5150, 400)
    s.hide(moved[::40])
    who = s.residents[:200]
    old = [people.Person(**{**vars(p), "address": moved[i].address}) if i % 3 == 0 else p for i, p in enumerate(who)]
    bin_ = f"$Recycle.Bin/{HOST.sid}"
    more = [
        Node(f"Users/{HOST.account}/Documents/R3.csv", listing(old, tuple(FIELDS), encoding="utf-8"), at(10, 9, year=2021)),
        Node(f"{bin_}/$IABC123.csv", recycle_i("C:\\work\\taisho.csv", 1000, INSIDE), INSIDE),
        Node(f"{bin_}/$RABC123.csv", listing(who), BEFORE, INSIDE),
    ]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=more))
    s.matched("PC1", "$RABC123.csv", 200)
    s.matched("PC1", "R3.csv", 200, extract="other")
    s.need("copy", "same bytes", any_address={"contains": "$RABC123.csv"}, basis="digest")
    s.forbid("copy", "the old extract is no copy", any_address={"contains": "R3.csv"})
    s.answer("copied_elsewhere", "USB1 PC1 case", "confirmed", "recycle bin")
    s.persons(200)


@story
def stick_in_no_register(s: Story) -> None:
    """The lost stick itself is in no register."""
    used = stick("QQ70001122", VOLUME)
    s.item("USB1", "medium", disk("fat16", "mbr", listed(s)), fs="fat", serial="QQ70001122")
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.connected(used, registered=False)
    s.need("mismatch", "not registered", what="medium_unregistered", subject={"any": ["USB1", "QQ70001122"]})
    s.answer("unregistered_media", "PC1 USB1 case PC1×USB1 PC1×QQ70001122", "confirmed", "no row")
    s.answer("accessed_after_loss", "USB1 case PC1×USB1 PC1×QQ70001122", "confirmed", "connected in the window")


@story
def serial_of_the_label(s: Story) -> None:
    """Paper and case file write the serial in other letters, wide, with spaces: still the same stick."""
    used = stick(SERIAL, VOLUME, at(2, 9, 50))
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    s.paper("media_register", "登録簿.csv", f"登録番号,品名,製造番号\nU-05,USBメモリ,　{''.join(chr(ord(c) + 0xFEE0) for c in SERIAL.lower())}　\n")
    s.connected(used, registered=True)
    s.forbid("mismatch", "it is registered", what="medium_unregistered")


# Papers ---------------------------------------------------------------------------------------


@story
def messy_papers(s: Story) -> None:
    """Title rows, two-line headers, eras, wide digits, 〃, afternoon hours, a total row."""
    used = stick(SERIAL, VOLUME, at(5, 14, 20))
    stick_and_pc(s, pc([used]), fs="exfat")
    s.paper("media_register", "USB管理台帳.csv", (
        "USBメモリ登録管理台帳,,,,\n令和５年４月１日現在,,,,\n,,,,\n"
        f"登録番号,製品名,製造番号,所管課,登録年月日\nＵ－０５,Kumo Slim,{SERIAL},市民課,令和5年4月1日\nU-06,Kumo Slim,KM0311A0078,〃,〃\n合計,2本,,,\n"
    ))  # fmt: skip
    s.paper("take_out", "持出.csv", (
        "電磁的記録媒体持出管理簿(令和5年6月分),,,,,\n,,,,,\n持出,,持出者,用務,返却,\n月日,時刻,,,月日,時刻\n"
    ).replace("持出,,持出者", "管理番号,持出,,持出者").replace("月日,時刻,,,", ",月日,時刻,,,")
        + "Ｕ－０５,６月５日,午後１時,係員　甲,更新,６月５日,午後５時半\n〃,6月7日,9:00頃,〃,点検,6月7日,12:00\n")  # fmt: skip
    s.connected(used, registered=True)
    s.forbid("mismatch", "14:20 lies in the loan from 13:00 to 17:30", what={"re": "^connected_"}, time=JUNE)
    s.forbid("mismatch", "registered", what="medium_unregistered")
    s.forbid("mismatch", "returned", what={"re": "^not_returned|returned_late"})
    s.need("mismatch", "the 7th: no host saw it", what="takeout_without_connection", time={"overlaps": [utc(at(7, 8)), utc(at(7, 13))]})


@story
def papers_as_workbook(s: Story) -> None:
    """XLSX papers with dates as numbers, and a loan that was never returned."""
    used = stick(SERIAL, VOLUME, INSIDE)
    stick_and_pc(s, pc([used]), fs="fat16")
    day = (dt.date(2023, 6, 5) - dt.date(1899, 12, 30)).days
    s.paper("media_register", "登録簿.xlsx", workbook([["管理番号", "シリアル番号", "容量"], ["U-05", SERIAL, "32GB"]], ("媒体登録簿",)))
    s.paper("take_out", "持出.xlsx", workbook([
        ["日付", "時刻", "管理番号", "持出者", "目的", "返却日", "返却時刻"],
        [day, 0.375, "U-05", "係員　乙", "更新", day, 0.6875],
        [day + 1, 0.375, "U-05", "係員　乙", "更新", "", ""],
    ], ("持出管理簿", "")))  # fmt: skip
    s.connected(used, registered=True)
    s.need("mismatch", "not returned", what="not_returned", time={"overlaps": [utc(at(6, 9)), utc(at(6, 10))]})
    s.forbid("mismatch", "it was still out", what={"re": "^connected_"}, time=JUNE)


@story
def certificate_of_erasure(s: Story) -> None:
    """Certified as overwritten three times; the list can be recovered (7.12)."""
    nodes = [Node("A.TXT", b"empty\r\n", BEFORE), Node("taisho.csv", listing(s.residents[:200]), BEFORE, deleted=True)]
    plain_stick(s, nodes, "fat32")
    s.register()
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.paper("erasure", "消去証明書.csv", f"対象機器,シリアル番号,消去方式,使用ソフト,実施日,実施者,立会者,結果\nUSBメモリー,{SERIAL},上書き3回,消去丸,2023/06/08,係員　甲,係長　乙,良\n")
    s.matched("USB1", "taisho.csv", 200, "deleted")
    s.need("erasure", "bytes contradict", subject={"any": ["USB1", SERIAL]}, bytes_contradicting={"min": 1000})
    s.need("mismatch", "certificate contradicted", what="erasure_contradicted")
    s.answer("erased", "USB1 case", "refuted", "recoverable")
    s.persons(200)


# Event logs -----------------------------------------------------------------------------------

SECURITY, SYSTEM = "Security", "System"
AUDIT = "Microsoft-Windows-Security-Auditing"


def logon(when: dt.datetime, account: str = HOST.account, kind: str = "2") -> Event:
    return Event(when, AUDIT, 4624, {"TargetUserSid": HOST.sid, "TargetUserName": account, "TargetLogonId": f"0x{int(when.timestamp()):x}", "LogonType": kind, "IpAddress": "-"})


def logoff(began: dt.datetime, when: dt.datetime, account: str = HOST.account) -> Event:
    return Event(when, AUDIT, 4634, {"TargetUserSid": HOST.sid, "TargetUserName": account, "TargetLogonId": f"0x{int(began.timestamp()):x}", "LogonType": "2"})


def boots(days: Sequence[int]) -> list[Event]:
    """Starts and stops of the event log service on working days."""
    return [Event(at(day, hour, 0, 5), "EventLog", number, {}) for day in days for hour, number in ((8, 6005), (19, 6006))]


def event_log(channel: str, events: Sequence[Event], first_record: int = 1) -> Node:
    data = log(events, channel=channel, computer=HOST.name, first_record=first_record)
    return Node(f"Windows/System32/winevt/Logs/{channel}.evtx", data, AFTER, HOST.made)


def office_days(first: int = 1, last: int = 14) -> list[Event]:
    return [event for day in range(first, last + 1) for event in (logon(at(day, 8, 30)), logoff(at(day, 8, 30), at(day, 17, 15)))]


@story
def sessions_on_the_pc(s: Story) -> None:
    """Somebody was logged on by night when the stick was plugged in."""
    night = at(10, 20, 58, 11)
    events = sorted([*office_days(), logon(night, "gaibu9"), logoff(night, at(10, 21, 40), "gaibu9")], key=lambda event: event.when)
    used = stick(SERIAL, VOLUME)
    stick_and_pc(s, pc([used], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")
    s.connected(used, registered=None)
    host = {"any": ["PC1", HOST.name]}
    s.need("session", "by night", host=host, account="gaibu9", **{"from": {"covers": utc(night), "slack": 2}, "until": {"covers": utc(at(10, 21, 40)), "slack": 2}})
    s.need("horizon", "it covers", host=host, log={"re": "(?i)security"}, covers_window="yes")
    s.answer("who_connected", PAIRS, "confirmed", "the registry")
    s.answer("accessed_after_loss", PAIRS, "confirmed", "plugged in")
    s.answer("who_used", "case PC1", "undetermined not_examined", "an account is no person")
    s.quiet()


@story
def security_log_cleared(s: Story) -> None:
    """Cleared after the loss (7.16); the System log is whole."""
    when = at(11, 22, 15)
    cleared = Event(when, "Microsoft-Windows-Eventlog", 1102, {"SubjectUserName": HOST.account}, "LogFileCleared")
    more = [event_log(SECURITY, [cleared, *office_days(12)], 5001), event_log(SYSTEM, boots(range(1, 15)), 900)]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], more=more, size=16 * MIB))
    on_stick(s)
    s.need("tamper", "1102", subject={"any": ["PC1", HOST.name]}, what="log_cleared", time={"covers": utc(when), "slack": 2})
    s.answer("tampered", "PC1 case", "confirmed", "1102")
    for topic in ("accessed_after_loss", "opened_files", "who_connected"):
        s.answer(topic, "PC1 PC1×USB1 PC1×" + SERIAL, "undetermined confirmed", "no negative for that host")
    s.answer("leak", "case", "undetermined", "cleared log")


@story
def system_log_wrapped(s: Story) -> None:
    """It begins after the window because it is full: a short horizon, no tampering (7.17)."""
    more = [event_log(SYSTEM, boots(range(13, 20)), 48_213)]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], more=more))
    on_stick(s)
    s.quiet()
    s.forbid("horizon", "it does not reach back", log={"re": "(?i)windows_log|system.evtx"}, covers_window={"any": ["yes", True]})
    s.answer("tampered", "PC1", "undetermined no_trace", "a wrapped log is no sign")
    s.answer("accessed_after_loss", "PC1×USB1 PC1", "undetermined no_trace", "the registry's last arrival lies before it")


@story
def clock_set_back(s: Story) -> None:
    """Three days back, then the stick, then forward again: times fall while numbers rise (7.14)."""
    back, forward = at(11, 23, 0), at(8, 23, 30)

    def set_clock(old: dt.datetime, new: dt.datetime) -> Event:
        said = {"SubjectUserName": HOST.account, "PreviousTime": old, "NewTime": new, "ProcessName": "C:\\Windows\\System32\\rundll32.exe"}
        return Event(new, AUDIT, 4616, said)

    events = [*office_days(1, 11), set_clock(back, at(8, 23, 0)), logon(at(8, 23, 5)), set_clock(forward, at(11, 23, 30)), *office_days(12, 14)]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(8, 23, 10))], more=[event_log(SECURITY, events)], size=16 * MIB))
    s.need("tamper", "4616", subject={"any": ["PC1", HOST.name]}, what="clock_changed")
    s.answer("tampered", "PC1 case", "confirmed", "the clock was set back")
    s.answer("accessed_after_loss", "PC1×USB1 USB1 case", "undetermined confirmed", "no negative")


@story
def clock_kept_by_time_service(s: Story) -> None:
    """4616 of some seconds from the time service is normal."""
    said = {"SubjectUserName": "LOCAL SERVICE", "SubjectUserSid": "S-1-5-19", "ProcessName": "C:\\Windows\\System32\\svchost.exe"}
    tune = [Event(at(day, 12, 0, 2), AUDIT, 4616, {**said, "PreviousTime": at(day, 12), "NewTime": at(day, 12, 0, 2)}) for day in (3, 10)]
    events = sorted([*office_days(), *tune], key=lambda event: event.when)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], more=[event_log(SECURITY, events)], size=16 * MIB))
    s.forbid("tamper", "the time service may set the clock", what="clock_changed")


@story
def audited_reading(s: Story) -> None:
    """4663: the list on the stick was read in the window, by name."""
    when = INSIDE + dt.timedelta(minutes=1)
    path = "\\Device\\HarddiskVolume5\\業務\\taisho.csv"
    read = Event(when, AUDIT, 4663, {"SubjectUserName": HOST.account, "ObjectType": "File", "ObjectName": path, "AccessMask": "0x1", "AccessList": "%%4416", "ProcessName": "C:\\Windows\\explorer.exe"})
    events = sorted([*office_days(), read], key=lambda event: event.when)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[event_log(SECURITY, events)], size=16 * MIB))
    s.opened("taisho.csv", when)
    s.answer("opened_files", PAIRS, "confirmed", "audited")


# What the stick itself tells -------------------------------------------------------------------


@story
def mounted_by_windows(s: Story) -> None:
    """Only WPSettings.dat was born in the window (7.3)."""
    traces = [Node(f"System Volume Information/{name}", data, INSIDE, INSIDE) for name, data in (("WPSettings.dat", bytes(12)), ("IndexerVolumeGuid", "{11111111-2222-3333-4444-555555555555}".encode("utf-16-le")))]
    plain_stick(s, [*listed(s), *traces], "fat32")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("accessed_after_loss", "USB1 case", "confirmed", "a Windows mounted it")
    s.answer("changed_after_loss", "USB1 case", "confirmed", "that Windows wrote")
    s.answer("opened_files", "USB1", "undetermined", "which files is not told")
    s.answer("leak", "case", "undetermined", "a connection alone is no leak")


@story
def written_in_the_window(s: Story) -> None:
    """A file was written on Saturday, on NTFS."""
    plain_stick(s, [*listed(s), Node("memo.txt", note("拾いました\n"), at(10, 14, 2, 30))], "ntfs", "gpt", "e01")
    s.register()
    on_stick(s)
    for topic in ("changed_after_loss", "accessed_after_loss"):
        s.answer(topic, "USB1 case", "confirmed", "written")


@story
def read_in_the_window(s: Story) -> None:
    """FAT access date of the 10th on the list, nothing else: a whole day inside the window."""
    plain_stick(s, [Node("taisho.csv", listing(s.residents[:200]), BEFORE, accessed=at(10, 0))], "fat32")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("accessed_after_loss", "USB1", "confirmed undetermined", "the access date says so")
    s.answer("changed_after_loss", "USB1", "no_trace undetermined", "nothing written")


@story
def read_on_the_day_of_the_loss(s: Story) -> None:
    """FAT access date of the 9th: before or after 18:30, nobody can say."""
    plain_stick(s, [Node("taisho.csv", listing(s.residents[:200]), BEFORE, accessed=at(9, 0))], "fat32")
    s.register()
    s.quiet()
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "the day overlaps the window")


@story
def untouched(s: Story) -> None:
    """Found as it was, no host supplied (7.1): changed no, read nobody knows."""
    plain_stick(s, listed(s), "exfat", "mbr", "e01s")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("changed_after_loss", "USB1", "no_trace", "no date in the window, every byte read")
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "reading leaves no trace", reasons={"has": ["READ_LEAVES_NO_TRACE"]})
    s.answer("copied_elsewhere", "USB1 case", "undetermined no_trace", "no other item")
    s.answer("evidence_intact", "USB1", "confirmed", "digests")
    s.answer("leak", "case", "undetermined", "nobody can say")


@story
def formatted_and_refilled(s: Story) -> None:
    """Quick format in the window, photos put on it; the list is in free clusters (7.4)."""
    photos = [Node(f"DCIM/IMG_{i:04}.JPG", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes([i]) * 3000 + b"\xff\xd9", at(10, 15, i)) for i in range(5)]
    used = stick(SERIAL, VOLUME, at(2, 9, 50))
    made = disk("fat32", "mbr", [Node("DCIM", None, at(10, 14, 50)), *photos], serial=0x1234ABCD, label="PHOTO", leftovers=[bytes(4096), listing(s.residents[:200])])
    s.item("USB1", "medium", made, fs="fat", serial=SERIAL, authorised=True)
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    s.matched("USB1", None, 200, "unallocated")
    s.need("tamper", "another volume serial than the registry's, label of that day", subject={"any": ["USB1", SERIAL]}, what="formatted")
    s.answer("data_on_medium", "USB1", "confirmed", "in free clusters")
    for topic in ("changed_after_loss", "accessed_after_loss", "tampered"):
        s.answer(topic, "USB1 case", "confirmed", "formatted in the window")
    s.answer("copied_elsewhere", "USB1", "undetermined", "nobody knows")


@story
def wiped_with_certificate(s: Story) -> None:
    """All zeros; the certificate is dated later than the hand-over (7.13)."""
    s.item("USB1", "medium", bytes(8 * MIB), serial=SERIAL, authorised=True)
    s.register()
    s.paper("erasure", "消去証明書.csv", f"対象機器,シリアル番号,消去方式,実施日,実施者,結果\nUSB,{SERIAL},上書き1回,2023/06/20,係員　甲,良\n")
    s.nobody("USB1")
    s.need("tamper", "zeros from end to end", subject={"any": ["USB1", SERIAL]}, what="wiped")
    s.answer("tampered", "USB1 case", "confirmed", "wiped")
    s.answer("accessed_after_loss", "USB1", "undetermined confirmed", "no negative")
    s.answer("copied_elsewhere", "USB1", "undetermined", "no negative")
    s.answer("erased", "USB1 case", "confirmed undetermined", "addressable bytes are zero")


@story
def neighbours_in_other_encodings(s: Story) -> None:
    """Long deleted lists, one beside the other in free clusters, each in its own encoding."""
    who, codes = s.residents, ("cp932", "utf-8", "euc_jp", "utf-16-le", "cp932", "utf-8")
    parts = [listing(who[i * 40 : i * 40 + 40], encoding=code) for i, code in enumerate(codes)]
    s.item("USB1", "medium", disk("fat32", "mbr", [Node("A.TXT", b"empty\r\n", BEFORE)], leftovers=parts), fs="fat", serial=SERIAL, authorised=True)
    s.register()
    s.persons(240)
    s.answer("data_on_medium", "USB1", "confirmed", "in free clusters")


# Servers --------------------------------------------------------------------------------------


def stick_and_server(s: Story, log: bytes, more: dict[str, tuple[bytes, dt.datetime]] | None = None) -> None:
    """An empty stick and a server with the register in EUC-JP."""
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16", "none")
    s.item("SV1", "server", server(listing(s.residents, tuple(FIELDS), encoding="euc_jp"), log, more), "split.001", fs="ext")
    s.register(encoded(listing(s.residents, tuple(FIELDS), encoding="utf-8").decode(), "cp932"))
    s.matched("SV1", "juki_daicho.txt", 400)
    s.persons(400, 400)
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "refuted", "nothing personal")
    s.forbid("copy", "there is no copy")
    s.quiet()


def covering(s: Story, says: str) -> None:
    s.need("horizon", "the audit log", host={"any": ["SV1", "nami-sv"]}, log={"re": "(?i)samba|audit"}, covers_window=says)


@story
def server_register_read(s: Story) -> None:
    read = at(10, 2, 13, 9)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "jimu03", "juki_daicho.txt")]))
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    covering(s, "yes")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "the register was read in the window")
    s.answer("leak", "case", "confirmed undetermined", "the register was read in the window")


@story
def server_register_read_before(s: Story) -> None:
    """Read in office hours long before the window: no event of the window."""
    read = at(5, 10, 13, 9)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "jimu03", "juki_daicho.txt")]))
    covering(s, "yes")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv")
    s.forbid("open", "not in the window", path={"contains": "juki_daicho"}, time={"within": [utc(at(9, 18, 30)), utc(at(12, 9))]})
    s.answer("server_accessed", "SV1", "no_trace undetermined", "nothing in the window")


@story
def server_read_by_a_stranger(s: Story) -> None:
    read = at(11, 23, 40, 2)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "gaibu9", "juki_daicho.txt")]))
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="gaibu9")
    s.need("mismatch", "not on the list", what="account_unknown", subject={"contains": "gaibu9"})
    s.forbid("mismatch", "on the list", subject={"contains": "jimu03"})
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "read")


@story
def server_log_begins_later(s: Story) -> None:
    """The log was rotated away: it begins after the window (7.19)."""
    stick_and_server(s, samba_log(at(13, 6, 11), at(20, 9)))
    s.forbid("horizon", "it does not reach back", log={"re": "(?i)samba|audit"}, covers_window={"any": ["yes", "part", True]})
    s.answer("server_accessed", "SV1", "undetermined", "no log of the window", reasons={"has": ["HORIZON_SHORT"]})
    s.answer("leak", "case", "undetermined", "no log of the window")


@story
def server_log_with_a_hole(s: Story) -> None:
    """Two days of silence within the window."""
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), gap=(at(9, 22), at(11, 22))))
    s.forbid("horizon", "there is a hole", log={"re": "(?i)samba|audit"}, covers_window={"any": ["yes", True]})
    s.answer("server_accessed", "SV1", "undetermined", "a hole in the log")


@story
def server_sessions(s: Story) -> None:
    """auth.log: a session by night, from outside."""
    lines = [(at(day, 9, 1, 7), f"sshd[{800 + day}]: Accepted password for jimu03 from 192.0.2.10 port 5022 ssh2") for day in range(1, 15)]
    lines += [
        (at(11, 1, 2, 3), "sshd[977]: Accepted password for kanri from 203.0.113.9 port 40022 ssh2"),
        (at(11, 1, 2, 3), "sshd[977]: pam_unix(sshd:session): session opened for user kanri by (uid=0)"),
        (at(11, 1, 44, 5), "sshd[977]: pam_unix(sshd:session): session closed for user kanri"),
    ]
    text = "".join(f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv {line}\n" for when, line in sorted(lines))
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9)), {"var/log/auth.log": (text.encode(), AFTER)})
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属,返却日\njimu03,係員　甲,市民課,\nkanri,係員　丙,委託業者,2023/05/31\n")
    s.need("session", "by night", host={"any": ["SV1", "nami-sv"]}, account="kanri", **{"from": {"covers": utc(at(11, 1, 2, 3)), "slack": 2}})
    s.need("mismatch", "ended in May", what="account_after_end", subject={"contains": "kanri"})


@story
def stick_in_the_server(s: Story) -> None:
    """The kernel of the server names the stick by its serial, in the window; log of another year's end."""
    s.window = (at(30, 18, month=12, year=2022), at(3, 9, month=1))
    when = at(1, 2, 33, 4, month=1)
    usual = [(at(day, 6, 25, 1, month=month, year=year), "CRON[99]: (root) CMD (test -x /usr/sbin/anacron)") for year, month, days in ((2022, 12, range(20, 32)), (2023, 1, range(1, 8))) for day in days]
    plug = [
        (when, "kernel: [411.1] usb 1-2: New USB device found, idVendor=f055, idProduct=0101, bcdDevice= 1.00"),
        (when, "kernel: [411.1] usb 1-2: Product: Slim 32"), (when, f"kernel: [411.1] usb 1-2: SerialNumber: {SERIAL}"),
        (when, "kernel: [411.2] usb-storage 1-2:1.0: USB Mass Storage device detected"),
        (when + dt.timedelta(minutes=7), "kernel: [831.9] usb 1-2: USB disconnect, device number 4"),
    ]
    text = "".join(f"{moment:%b} {moment.day:2} {moment:%H:%M:%S} nami-sv {line}\n" for moment, line in sorted([*usual, *plug]))
    plain_stick(s, [Node("readme.txt", note("空\n"), at(1, 9, month=12, year=2022))], "fat16", "none")
    made = server(listing(s.residents, tuple(FIELDS), encoding="euc_jp"), samba_log(at(20, 0, month=12, year=2022), at(8, 9, month=1)), {"var/log/syslog": (text.encode(), at(8, 10, month=1))})
    s.item("SV1", "server", made, fs="ext")
    s.register()
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.need("connection", "the kernel says so", host={"any": ["SV1", "nami-sv"]}, medium_serial={"re": f"^{SERIAL}"}, last={"covers": utc(when), "slack": 2}, registered=True)
    s.answer("accessed_after_loss", "USB1 SV1 case SV1×USB1 SV1×" + SERIAL, "confirmed", "plugged into the server")
    covering(s, "yes")


@story
def rotated_logs(s: Story) -> None:
    """The audit log in three parts, one packed; the read stands in the packed one."""
    read = at(10, 2, 13, 9)
    parts = {
        "var/log/samba/audit.log": (samba_log(at(12, 6), at(14, 9)), AFTER),
        "var/log/samba/audit.log.1": (samba_log(at(10, 6), at(12, 4)), at(12, 6)),
        "var/log/samba/audit.log.2.gz": (gzip.compress(samba_log(at(1, 0), at(10, 4), [(read, "jimu03", "juki_daicho.txt")]), mtime=0), at(10, 6)),
    }
    stick_and_server(s, b"", parts)
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv")
    s.answer("server_accessed", "SV1", "confirmed undetermined", "read in the window")


@story
def transfer_by_ftp(s: Story) -> None:
    """xferlog: the register was fetched by an account from outside."""
    when = at(11, 3, 20, 7)
    line = f"{when:%a %b} {when.day:2} {when:%H:%M:%S %Y} 1 203.0.113.9 96000 /srv/office/juki_daicho.txt b _ o r gaibu9 ftp 0 * c\n"
    usual = "".join(f"{at(day, 9):%a %b} {day:2} 09:00:00 2023 1 192.0.2.10 2000 /srv/office/memo0.txt b _ o r jimu03 ftp 0 * c\n" for day in range(1, 11))
    tail = "".join(f"{at(day, 9):%a %b} {day:2} 09:00:00 2023 1 192.0.2.10 2000 /srv/office/memo0.txt b _ o r jimu03 ftp 0 * c\n" for day in range(11, 15))
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9)), {"var/log/xferlog": ((usual + line + tail).encode(), AFTER)})
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.opened("juki_daicho.txt", when, "SV1", "nami-sv", account="gaibu9")
    s.need("mismatch", "not on the list", what="account_unknown", subject={"contains": "gaibu9"})
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "fetched")


@story
def two_partitions(s: Story) -> None:
    """A FAT volume, a gap, an NTFS volume; the list in the second, another in the gap between."""
    first = volume("fat16", [Node("A.TXT", b"empty\r\n", BEFORE)], start=START, serial=0x11112222)
    gap = listing(s.residents[300:340], encoding="utf-8").ljust(1 * MIB, b"\0")
    second_start = START + (len(first) + len(gap)) // 512
    second = volume("ntfs", listed(s), start=second_start, serial=0x3333444455556666)
    made = bytearray(mbr(first + gap + second, 0x06, START, 0x0102))
    struct.pack_into("<I", made, 446 + 12, len(first) // 512)
    struct.pack_into("<B3sB3sII", made, 462, 0, b"\xfe\xff\xff", 0x07, b"\xfe\xff\xff", second_start, len(second) // 512)
    s.item("USB1", "medium", bytes(made), "split.000", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.need("volume", "first", evidence="USB1", filesystem={"re": "(?i)fat"}, serial={"hex": "11112222"})
    s.need("volume", "second", evidence="USB1", filesystem={"re": "(?i)ntfs"}, serial={"hex": "55556666"})
    s.matched("USB1", None, 40, "unpartitioned")
    s.persons(240)
    s.quiet()


@story
def server_copy_on_the_stick(s: Story) -> None:
    """Part of the server's register on a FAT stick: a copy from the authorised place."""
    stick_nodes = [Node("bun.csv", listing(s.residents[:90], ("name", "kana", "born", "address"), encoding="utf-8"), BEFORE)]
    s.item("USB1", "medium", disk("ntfs", "none", stick_nodes), "split.000", fs="ntfs", serial=SERIAL)
    s.item("SV1", "server", server(listing(s.residents, tuple(FIELDS), encoding="utf-8"), samba_log(at(1, 0, 11), at(14, 9))), fs="ext")
    s.register()
    s.matched("USB1", "bun.csv", 90)
    s.matched("SV1", "juki_daicho.txt", 400)
    s.need("copy", "rows of the register", any_address={"contains": "bun.csv"}, basis={"any": ["records", "piece"]}, persons={"min": 88, "max": 92})
    s.persons(400, 400)


# Hostile --------------------------------------------------------------------------------------


@story
def hostile_names(s: Story) -> None:
    """Names of files that are formulas, markup, escapes, people."""
    person = s.residents[0]  # a secret
    names = (
        "=cmd('calc').csv", "<script>alert(1)<／script>.csv", "a%2F..%2Fb.csv", "x!y@1+2#3.csv", "‮gnp.csv",
        f"{person.name}様_申請.csv", f"{person.number}.csv", "{{7*7}}.csv", "';drop table t--.csv", "+1+1.csv", "new\nline.csv",
    )  # fmt: skip
    nodes = [Node(f"d/{name}", listing(s.residents[i * 10 : i * 10 + 10], encoding="utf-8"), BEFORE) for i, name in enumerate(names)]
    s.item("USB1", "medium", disk("ntfs", "mbr", nodes), fs="ntfs", serial=SERIAL)
    s.register()
    s.persons(10 * len(names))
    s.answer("data_on_medium", "USB1", "confirmed", "lists")


@story
def people_in_names(s: Story) -> None:
    """Residents in names of files, members, links, logs and labels: nothing of them may be told."""
    a, b, c, d = (s.residents[place] for place in (3, 50, 120, 200))
    s.hide([a, b, c, d])
    joined, home = b.name.replace("　", ""), f"Users/{HOST.account}/Documents"
    zipped_up = zipped(f"{a.name}様_申請書.csv", listing(s.residents[:30]))
    nodes = [
        Node(f"申請/{a.name}様.csv", listing([a, b]), BEFORE), Node(f"申請/申請書_{b.name}.txt", note("添付\n"), BEFORE),
        Node(f"申請/{joined}申請書.txt", note("添付\n"), BEFORE), Node(f"申請/{c.kana}.txt", note("添付\n"), BEFORE, deleted=True),
        Node(f"申請/tel{c.phone}.txt", note("添付\n"), BEFORE), Node(f"申請/{d.number}_1.txt", note("添付\n"), BEFORE),
        Node(f"{c.name}/一式.zip", zipped_up, BEFORE),
    ]
    links = [shortcut(f"E:\\申請\\{a.name}様.csv", 100, VOLUME, INSIDE), shortcut(f"E:\\申請\\申請書_{b.name}.txt", 20, VOLUME, INSIDE + dt.timedelta(minutes=1))]
    bin_ = f"$Recycle.Bin/{HOST.sid}"
    more = [
        Node(f"{bin_}/$IABC123.txt", recycle_i(f"C:\\work\\{c.name}様_転入届.txt", 10, INSIDE), INSIDE), Node(f"{bin_}/$RABC123.txt", note("届\n"), BEFORE),
        Node(f"{home}/{d.name}_{d.phone}.txt", note("届\n"), BEFORE),
        Node(f"{home}/list.eml", mail(f"{d.number}.csv", listing([d])), BEFORE),
    ]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], links, more), nodes, "exfat")
    s.paper("take_out", "持出.csv", f"管理番号,持出日時,持出者,持出先,目的,返却日時\nU-05,2023/06/02 09:00,{a.name},{b.name}様宅,訪問,2023/06/02 17:00\n")
    s.answer("opened_files", PAIRS, "confirmed", "links")


@story
def ext4_stick(s: Story) -> None:
    who = s.residents
    files = {"taisho.csv": (listing(who[:200], encoding="euc_jp"), BEFORE), "sub/二枚目.csv.gz": (gzip.compress(listing(who[200:260]), mtime=0), BEFORE)}
    s.item("USB1", "medium", ext4(files), "e01s", fs="ext", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.matched("USB1", "二枚目.csv.gz", 60)
    s.persons(260)
    s.quiet()


def main(folder: Path, names: Sequence[str]) -> None:
    for name in names or STORIES:
        told(name).save(folder / name)
        print(name, hashlib.sha256((folder / name / "truth.json").read_bytes()).hexdigest()[:12])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
