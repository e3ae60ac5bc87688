"""What members tell again is not counted twice; whatever they do not tell is found raw all the same."""

from __future__ import annotations

import io
import random
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from access_pages import CATALOG, Field, Maker
from packers import _biff, cpio, database, ole, tarred, zipped
from test_unpack import samples

from fixtures import carriers, people
from forensics.examine import retold
from forensics.examine.content import Examiner
from forensics.examine.rows import Counts, Rows
from forensics.examine.search import Options
from forensics.examine.sources import Spool
from forensics.examine.spots import Origin, no_companion
from forensics.personal import Found, Record, Settings, Tokens, open_detector, register
from forensics.unpack import Budget, Buffer, access, compound, find, office, sqlite
from forensics.unpack.office_xml import cells_told, text_told
from forensics.values import Address
from forensics.walk.intervals import Ranges

KEY = bytes(range(32))
RESIDENTS = people.register(11, 4000)
LISTED = random.Random(3).sample(RESIDENTS, 200)
OTHERS = [person for person in RESIDENTS if person not in LISTED][:40]
MAKE = f"create table 住民 ({','.join(carriers.HEADER)})"
FIELDS: list[Field] = [(name, 10, False) for name in carriers.HEADER]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Options]:
    folder = tmp_path_factory.mktemp("told")
    (folder / "key").write_bytes(KEY)
    rows = (person.row() for person in RESIDENTS)
    (folder / "register.csv").write_text(people.table(rows), "utf-8")
    register.build(folder / "register.csv", None, KEY, folder / "index")
    index = str(folder / "index")
    return lambda *, known=False: Options(str(folder / "key"), index if known else None)


class Examined:
    """A content after the examination: persons in all, and of the records of its raw bytes."""

    def __init__(self, data: bytes, options: Options) -> None:
        rows = Rows()
        examiner = Examiner(options, rows, Counts())
        place = Address.parse("E1:p0:/x")
        examiner.stream(
            place, Spool(io.BytesIO(data)), "allocated", Origin(None, dict, no_companion)
        )
        self.persons = {token for _, tokens in rows.people for token in tokens}
        self.raw = [tokens for address, tokens in rows.people if not address.members]
        self.raw_persons = {token for tokens in self.raw for token in tokens}
        self._rows = rows
        self.troubles = {row["reason"] for row in rows.tables.get("coverage", ())}

    def at(self, member: str) -> int:
        """Persons of a member."""
        people = (
            tokens for address, tokens in self._rows.people if address.members[-1:] == (member,)
        )
        return len({token for tokens in people for token in tokens})


def detected(data: bytes, options: Options) -> set[str]:
    """Persons in the bytes as they lie."""
    detector = open_detector(Settings(KEY, options.register))
    return {token for one in detector.detect([data]).records for token in one.persons}


def listed(folder: Path, script: str = MAKE, after: str = "") -> bytes:
    return database(folder, script, {"住民": [carriers._cells(one) for one in LISTED]}, after)


# --- the rule -----------------------------------------------------------------------------------


def toy(chunks: Iterable[bytes]) -> Found:
    """A detector that joins a letter and a digit to the next # with a digit: one record of all."""
    data = b"".join(chunks)
    found = [*re.finditer(rb"([kr])(\d)[^#kr]*#(\d)", data)]
    if not found:
        return Found()
    persons = Tokens(b"".join(sorted({b"".join(one.groups()).ljust(10, b".") for one in found})))
    start, end = found[0].start(), found[-1].end()
    record = Record(start, end - start, (), 1, persons, Tokens(), "text", "", 0.0, None)
    return Found(records=[record])


RULES = {  # bytes, which of them are told (*), persons of the members, persons that are left
    "pieces of what is told": (b"k1#2k2#1", "********", "k11 k22", ""),
    "with zeros between": (b"k1#2\0\0k2#1", "****  ****", "k11 k22", ""),
    "of the register": (b"k1#2r2#1", "********", "k11 k22", "k12 r21"),
    "of the register and known": (b"k1#2r2#2", "********", "k11 r22", ""),
    "more than members hold": (b"k1#2k2#1", "********", "k11", "k12 k21"),
    "adds nobody": (b"k1#1k2#2", "********", "k11 k22", "k11 k22"),
    "not told": (b"k1#2k2#1", "        ", "k11 k22", "k12 k21"),
    "partly told": (b"k1#2...k7#7", "****       ", "k11", "k77"),
    "known and partly told": (b"k1#2...r7#7", "****       ", "k11 r77", "r77"),
    "joined over the border": (b"k1...#2", "**     ", "k11", "k12"),
    "only found with its neighbour": (b"k1#2k3#3", "****** *", "k11 k22", "k12 k33"),
}


@pytest.mark.parametrize("name", list(RULES))
def test_which_records_stay(name: str) -> None:
    data, marks, members, left = RULES[name]
    told = [(at, at + 1) for at, mark in enumerate(marks) if mark == "*"]
    inside = np.array([one.encode().ljust(10, b".") for one in members.split()])
    records = toy([data]).records
    found = retold.kept(records, Buffer(data), lambda: told, inside, toy)
    persons = {
        bytes(one).decode().strip(".") for one in retold.persons_of(r.persons for r in found)
    }
    assert persons == {*left.split()}
    assert all(data[one.start : one.start + 1] in (b"k", b"r") for one in found)


# --- each person once ---------------------------------------------------------------------------

SCRIPTS = {
    "plain": (MAKE, ""),
    "small pages": (f"pragma page_size=512; {MAKE}", ""),
    "utf-16": (f"pragma encoding='UTF-16le'; {MAKE}", ""),
    "index": (f"{MAKE}; create index i on 住民 (氏名, 生年月日)", ""),
    "free pages before": (
        f"create table x (a); insert into x values (randomblob(50000)); {MAKE}; drop table x", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_rows_of_a_database_are_counted_once(name: str, tmp_path: Path, options) -> None:
    data = listed(tmp_path, *SCRIPTS[name])
    assert len(Examined(data, options()).persons) == len(LISTED)
    assert len(Examined(data, options(known=True)).persons) == len(LISTED)


def test_what_is_left_of_rows_that_moved_is_read_raw(tmp_path: Path, options) -> None:
    """Pieces of their old places may still make persons; those of the live rows do not."""
    after = "update 住民 set 住所=住所||'　例題荘一〇一号室' where rowid%3=0"
    data = listed(tmp_path, MAKE, after)
    assert len(LISTED) <= len(Examined(data, options()).persons) < len(LISTED) + len(LISTED) // 3


def test_rows_of_a_workbook_are_counted_once(options) -> None:
    data = carriers.FORMS["book.xlsx"](LISTED)
    assert len(Examined(data, options()).persons) == len(LISTED)


def xls(persons: list[people.Person], more: tuple[str, ...] = (), cells: bytes = b"") -> bytes:
    """A workbook of BIFF8 whose strings lie apart, each once; more: strings that no cell has; cells: further records."""
    numbers: dict[str, int] = {}
    rows = [carriers.HEADER, *map(carriers._cells, persons)]
    cells = cells + b"".join(
        _biff(0xFD, struct.pack("<HHHI", row, column, 0, numbers.setdefault(cell, len(numbers))))
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
    )
    strings = [
        struct.pack("<HB", len(one), 1) + one.encode("utf-16-le") for one in (*numbers, *more)
    ]
    parts = [strings[at : at + 100] for at in range(0, len(strings), 100)]
    head = struct.pack("<II", len(strings), len(strings))
    shared = _biff(0xFC, head, *parts[0]) + b"".join(_biff(0x3C, *part) for part in parts[1:])
    book = b""
    for _ in range(2):  # the second time with the sheet's offset
        book = _biff(0x0809, b"\0\6\5\0" + bytes(12)) + _biff(0xE0, bytes(20)) + _biff(
            0x85, struct.pack("<IBBBB", len(book), 0, 0, 1, 0) + b"A"
        ) + shared + _biff(0x0A)  # fmt: skip
    return ole({"Workbook": book + _biff(0x0809, b"\0\6\x10\0" + bytes(12)) + cells + _biff(0x0A)})


@pytest.mark.parametrize("places", [((0, 0), (0, 0)), ((0, 20_000), (1, 0))])
def test_what_an_old_sheet_does_not_show_is_found_all_the_same(options, places) -> None:
    """A cell twice, of which the second is shown; a cell behind the last column."""
    texts = [f"氏名：{p.name}　生年月日：{p.born}　電話：{p.phone}" for p in OTHERS[:2]]
    cells = b"".join(
        _biff(0x0204, struct.pack("<HHHHB", *place, 0, len(text), 1) + text.encode("utf-16-le"))
        for place, text in zip(places, texts, strict=True)
    )
    assert len(Examined(xls([], cells=cells), options()).persons) == 2


def test_an_old_cell_in_bytes_of_another_code_page_is_found(options) -> None:
    """Some programs wrote Japanese bytes where one byte is one letter of Europe."""
    person = OTHERS[0]
    text = f"氏名：{person.name}　生年月日：{person.born}　電話：{person.phone}".encode("cp932")
    cell = _biff(0x0204, struct.pack("<HHHHB", 0, 0, 0, len(text), 0) + text)
    assert Examined(xls([], cells=cell), options()).at("Workbook") == 1


def test_rows_of_an_old_workbook_are_counted_once(options) -> None:
    """At the stream, and at the file that it lies in."""
    data = xls(LISTED)
    assert len(Examined(data, options()).persons) == len(LISTED)
    words = tuple(cell for person in OTHERS for cell in carriers._cells(person))
    data = xls(LISTED, words)
    listed = Examined(xls(LISTED), options(known=True)).persons
    seen = {one for one in detected(data, options(known=True)) - listed if one[0] == "r"}
    assert len(seen) > 1  # strings of UTF-16 at odd places are read badly as they lie
    assert seen <= Examined(data, options(known=True)).persons


def test_what_lies_in_an_archive_as_it_is_is_counted_once(tmp_path: Path, options) -> None:
    """Read as they lie in it the rows of a database, or of a workbook, are pieces once more."""
    inner = {"list.db": listed(tmp_path), "book.xls": xls(LISTED)}
    for data in (tarred(inner), zipped(inner, zipfile.ZIP_STORED), cpio(inner)):
        for known in (True, False):
            assert len(Examined(data, options(known=known)).persons) == len(LISTED)


def test_places_of_members_hold_their_bytes(tmp_path: Path) -> None:
    inner = {"list.db": listed(tmp_path), "empty": b"", "a.txt": b"some text"}
    for data in (tarred(inner), zipped(inner, zipfile.ZIP_STORED), cpio(inner)):
        found = {}
        for member in find(data).members(Buffer(data), Budget(len(data))):
            found[member.name] = b"".join(data[start:end] for start, end in member.places)
        assert found == inner
    packed = zipped(inner)
    assert not any(one.places for one in find(packed).members(Buffer(packed), Budget(99)))


def mdb(persons: list[people.Person], jet: int, marks: int = 0) -> bytes:
    made = Maker(jet)

    def text(value: str) -> bytes:
        if made.wide and value.isascii():
            return b"\xff\xfe" + value.encode()
        return value.encode("utf-16-le" if made.wide else "cp932")

    made.definition(CATALOG)
    made.rows(2, [(made.row(CATALOG, [b"\4\0\0\0", text("住民"), b"\1\0"]), 0)])
    table = made.definition(FIELDS)
    for at in range(0, len(persons), 8):
        cells = (carriers._cells(one) for one in persons[at : at + 8])
        made.rows(table, [(made.row(FIELDS, list(map(text, one))), marks) for one in cells])
    return made.bytes()


@pytest.mark.parametrize("jet", [3, 4])
def test_rows_of_an_access_database_are_counted_once(jet: int, options) -> None:
    listed = [one for one in LISTED if "髙" not in one.name]
    data = mdb(listed, jet)
    assert len(Examined(data, options()).persons) == len(listed)
    assert Examined(mdb(listed, jet, 0x8000), options()).raw  # removed rows are not told


# --- nobody is lost -----------------------------------------------------------------------------


def test_a_row_only_in_free_pages_is_still_found_raw(tmp_path: Path, options) -> None:
    rows = {
        "alt": [carriers._cells(one) for one in OTHERS],
        "住民": [carriers._cells(one) for one in LISTED],
    }
    script = f"pragma secure_delete=off; {MAKE.replace('住民', 'alt')}; {MAKE}"
    data = database(tmp_path, script, rows, "drop table alt")
    found = Examined(data, options(known=True))
    alone = database(tmp_path, script, {"alt": rows["alt"]})
    others = {token for token in Examined(alone, options(known=True)).persons if token[0] == "r"}
    seen = detected(data, options(known=True)) & others
    assert len(seen) > 35
    assert seen <= found.raw_persons
    assert len([token for token in found.persons if token[0] == "r"]) == 240


TOLD_OTHERWISE = {
    "blob": lambda text: text.encode("utf-8"),
    "memo": lambda text: text,
    "in another encoding": lambda text: text.encode("cp932"),
}


@pytest.mark.parametrize("kind", list(TOLD_OTHERWISE))
def test_what_the_table_does_not_show_as_it_is_stays_raw(
    kind: str, tmp_path: Path, options
) -> None:
    memo = "".join(
        f"氏名:{p.name}\n生年月日:{p.born}\n住所:{p.address}\n電話:{p.phone}\n\n" for p in OTHERS
    )
    place = tmp_path / "x.db"
    with sqlite3.connect(place) as base:
        base.execute(MAKE)
        base.execute("create table note (a)")
        cast = "cast(? as text)" if kind == "in another encoding" else "?"
        base.execute(f"insert into note values ({cast})", (TOLD_OTHERWISE[kind](memo),))
        rows = [carriers._cells(one) for one in LISTED]
        base.executemany("insert into 住民 values (?,?,?,?,?)", rows)
    base.close()
    wanted = detected(memo.encode("utf-8"), options())
    assert len(wanted) == len(OTHERS)
    assert wanted <= Examined(place.read_bytes(), options()).persons


@pytest.mark.parametrize("seed", range(30))
def test_whoever_of_the_register_the_bytes_name_is_found_in_a_damaged_database(
    seed: int, tmp_path: Path, options
) -> None:
    chance = random.Random(seed)
    data = bytearray(listed(tmp_path, MAKE, f"delete from 住民 where rowid%{seed + 2}=0"))
    for _ in range(chance.choice((0, 1, 20))):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.choice((len(data), chance.randrange(4096, len(data))))])
    raw = {token for token in detected(cut, options(known=True)) if token[0] == "r"}
    assert raw <= Examined(cut, options(known=True)).persons


def test_a_reading_that_failed_tells_nothing(tmp_path: Path, options) -> None:
    """A table's root leads nowhere: what is left of it is read raw, pieces or not."""
    data = bytearray(listed(tmp_path))
    root = data.index("CREATE TABLE 住民".encode(), 0) - 1  # the last column before: root page
    data[root] = 200
    found = Examined(bytes(data), options())
    assert "DAMAGED" in found.troubles
    assert found.raw_persons == detected(bytes(data), options())


def book(words: list[str], cells: int, columns: int, end: str = "</worksheet>") -> bytes:
    """A workbook whose first cells are its first shared strings, row by row."""
    shared = "".join(f"<si><t>{word}</t></si>" for word in words)
    rows = "".join(
        f'<row r="{at // columns + 1}">'
        + "".join(f'<c t="s"><v>{n}</v></c>' for n in range(at, min(at + columns, cells)))
        + "</row>"
        for at in range(0, cells, columns)
    )
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/sharedStrings.xml": f"<sst>{shared}</sst>".encode(),
            "xl/worksheets/sheet1.xml": f"<worksheet>{rows}{end}".encode(),
        }
    )


def test_what_no_cell_of_a_workbook_has_stays_raw(options) -> None:
    words = [cell for person in OTHERS for cell in carriers._cells(person)]
    everybody, half = (
        {t for t in Examined(book(words, cells, 5), options(known=True)).persons if t[0] == "r"}
        for cells in (200, 100)
    )
    assert len(everybody) == len(OTHERS)
    assert len(half) >= len(OTHERS) - 1


@pytest.mark.parametrize("sound", [True, False])
def test_told_strings_of_a_workbook_are_searched_once(options, sound: bool) -> None:
    """Whole lines of a list in one cell each; a sheet that is cut off tells too little."""
    cells = [",".join(carriers._cells(person)) for person in LISTED]
    data = book(cells, len(cells), 1, "</worksheet>" if sound else "<")
    found = Examined(data, options(known=True))
    assert len({token for token in found.persons if token[0] == "r"}) == len(LISTED)
    assert found.at("xl/sharedStrings.xml") == (0 if sound else len(LISTED))
    assert found.at("~sheet:1") == len(LISTED)


def test_a_note_in_a_cell_of_a_list_is_read(options) -> None:
    """Beside the residents of a list their helpers, each in the note of a row."""
    words = [*carriers.HEADER, "備考"]
    for resident, helper in zip(LISTED[:20], OTHERS[:20], strict=True):
        name, phone = helper.name, helper.phone
        words += [*carriers._cells(resident), f"緊急連絡先は{name}（{phone}）"]
    columns = len(carriers.HEADER) + 1
    found = Examined(book(words, len(words), columns), options())
    plain = Examined(
        book(
            [w for at, w in enumerate(words) if at % columns < columns - 1],
            21 * (columns - 1),
            columns - 1,
        ),
        options(),
    )
    assert len(found.persons) >= len(plain.persons) + 20


# --- the bytes that are told --------------------------------------------------------------------


def shown(data: bytes, spans: list[tuple[int, int]]) -> bytes:
    return b" ".join(data[start:end] for start, end in sorted(spans))


def test_told_bytes_of_a_database(tmp_path: Path) -> None:
    long = "長い備考" * 3000
    rows = [("見える", b"blob", 5), (long, b"", 0), ("行\n改行", None, 1), ("もう一つ", b"", 2)]
    data = database(tmp_path, "create table t (a, b, c)", {"t": rows}, "delete from t where c=2")
    told = shown(data, [*sqlite.UNPACKER.told(Buffer(data))]).decode("utf-8", "replace")
    assert "見える" in told
    assert told.count("長い備考") > 2990  # but for those at the borders of pages
    assert not any(word in told for word in ("blob", "改行", "もう一つ", "CREATE"))
    assert not [*sqlite.UNPACKER.told(Buffer(b"\x37\x7f\x06\x82" + bytes(4000)))]  # a log


def test_told_bytes_of_an_access_database() -> None:
    data = mdb(OTHERS, 4)
    told = shown(data, [*access.UNPACKER.told(Buffer(data))]).decode("utf-16-le", "replace")
    assert len(told) > 40 * 25
    assert not [*access.UNPACKER.told(Buffer(mdb(OTHERS, 4, 0x8000)))][3 * 8 :]


@pytest.mark.image
def test_places_of_streams_hold_their_bytes(shared: Path) -> None:
    seen = 0
    for path, data in samples(shared, "documents/office/").items():
        if data[:8] == compound.MAGIC:
            file = compound.File(Buffer(data))
            for entry in file.streams():
                there = b"".join(data[start:end] for start, end in file.places(entry))
                assert there == b"".join(file.stream(entry)), (path, entry)
                seen += entry.size >= file.cutoff
    assert seen > 20


def test_told_strings_of_a_workbook() -> None:
    strings = (
        "<sst><si><t>一</t></si><si><t>二</t><rPh><t>ニ</t></rPh></si><si><t>三\n</t></si>"
        "<si><t>四</t></si><si><r><t>五</t></r></si></sst>"
    )
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in (0, 1, 2, 4)) + "<c><v>3</v></c>"
    sheet = f"<worksheet><row>{cells}</row></worksheet>"

    def told(text: str) -> str:
        data = zipped(
            {
                "[Content_Types].xml": b"<Types/>",
                "xl/sharedStrings.xml": text.encode(),
                "xl/worksheets/sheet1.xml": sheet.encode(),
            }
        )
        members = [*office.UNPACKER.members(Buffer(data), Budget(len(data)))]
        strings = next(member.told for member in members if "sharedStrings" in member.name)
        assert strings is not None
        assert not [*strings(Buffer(text.encode()))]  # no sheet was read yet
        for member in members:
            b"".join(member.chunks() if member.chunks else ())
        return shown(text.encode(), [*strings(Buffer(text.encode()))]).decode()

    assert told(strings) == "一 五"
    assert told(strings.replace("<si><t>一", '<si x="七">八<t y="九">一')) == "五"
    assert told(strings.replace("<t>一", '<t y="九">一')) == "一 五"
    assert told(strings.replace("<si>", "<!-- 六 --><si>", 1)) == ""


def test_told_bytes_of_text_and_cells() -> None:
    def told(of: Callable[[Buffer], Iterable[tuple[int, int]]], text: str) -> str:
        return shown(text.encode(), [*of(Buffer(text.encode()))]).decode()

    text = '<?xml version="1.0"?><w:p w:author="花子"><w:t xml:space="x">山田</w:t><w:t/>&amp;太郎</w:p>'
    assert told(text_told, text) == "山田 &amp;太郎"
    assert told(text_told, text + "<!-- 三郎 > 四郎 -->") == ""
    assert told(text_told, text.replace("太郎", "<![CDATA[a>太郎]]>")) == ""
    assert not [*text_told(Buffer(text.encode("utf-16")))]
    cells = (
        '<c t="inlineStr"><is><t>一 二</t></is></c><c><f>三</f><v>4</v></c><x:t a="b">五\n六</x:t>'
    )
    assert told(cells_told, cells) == "一 二 4"


HIDDEN = {
    "a cell behind the last column": "<row>{}<c t='inlineStr'><is><t>{{}}</t></is></c></row>".format("<c/>" * 16_384),
    "a value in no cell": "<row><t>{}</t><c><v>1</v></c></row>",
    "a cell in no row": "<c t='inlineStr'><is><t>{}</t></is></c>",
}  # fmt: skip


@pytest.mark.parametrize("name", list(HIDDEN))
def test_what_a_sheet_does_not_show_is_found_all_the_same(options, name: str) -> None:
    person = OTHERS[0]
    text = f"氏名：{person.name}　生年月日：{person.born}　電話：{person.phone}"
    sheet = f"<worksheet><sheetData>{HIDDEN[name].format(text)}</sheetData></worksheet>"
    found = Examined(document(("xl/worksheets/sheet1.xml", sheet.encode())), options())
    assert len(found.persons) == 1


def test_the_text_of_a_cell_beside_a_number_is_found(options) -> None:
    person = OTHERS[0]
    text = f"氏名：{person.name}　生年月日：{person.born}　電話：{person.phone}"
    cell = f'<table:table-cell office:value="123456789"><text:p>{text}</text:p></table:table-cell>'
    content = f"<office:document-content><table:table-row>{cell}</table:table-row></office:document-content>"
    assert len(Examined(document(("content.xml", content.encode())), options()).persons) == 1


def letters(people_: list[people.Person], extra: str = "") -> bytes:
    body = "".join(
        f"<w:p><w:r><w:t>氏名：{p.name}　生年月日：{p.born}　電話：{p.phone}</w:t></w:r></w:p>"
        for p in people_
    )
    return f"<w:document><w:body>{body}{extra}</w:body></w:document>".encode()


def document(*parts: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("[Content_Types].xml", b"<Types/>"), *parts):
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_told_text_of_a_document_is_searched_once_and_nothing_else_is_lost(options) -> None:
    part, five = "word/document.xml", LISTED[:5]
    found = Examined(document((part, letters(five))), options())
    assert (found.at(part), found.at("~text")) == (0, 5)
    hidden = document((part, letters(OTHERS[:7])), (part, letters(five)))
    found = Examined(hidden, options())  # a reader shows the last of two parts of one name
    assert (found.at(part), found.at("~text"), len(found.persons)) == (7, 5, 12)
    wrong = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + letters(five).decode().encode("cp932")
    assert len(Examined(document((part, wrong)), options()).persons) == 5
    note = f"<!-- {letters(OTHERS[:1]).decode()} -->"
    assert len(Examined(document((part, letters(five, note))), options()).persons) == 6
    found = Examined(document((part, letters(five)[:-9])), options())  # cut off: all is searched
    assert (found.at(part), len(found.persons)) == (5, 5)


def test_bytes_are_blanked_over_the_borders_of_pieces() -> None:
    size = retold.READ_BYTES
    data = np.random.default_rng(1).integers(1, 256, 3 * size, np.uint8)
    ranges = Ranges(np.array([0, size - 5, 2 * size]), np.array([3, size + 7, 3 * size]))
    mask = np.zeros(len(data), bool)
    for start, end in zip(*ranges, strict=True):
        mask[start:end] = True
    for wanted in (True, False):
        blanked = b"".join(
            retold._blanked(Buffer(data.tobytes()), 5, 3 * size, ranges, in_told=wanted)
        )
        assert blanked == np.where(mask == wanted, data, 0).astype(np.uint8)[5:].tobytes()
