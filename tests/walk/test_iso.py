"""What ISO 9660 keeps beside its files: every block of both trees has its owner, none too many."""

from __future__ import annotations

import struct

import pytest
from walked_images import assert_tiles, classes, medium, unpack, walked

from forensics.walk import iso
from forensics.walk.reader import Reader

SECTOR = 2048
CONTENT = b"hello\n" * 100
# Where things stand, in sectors.
TABLES, ROOTS, SUBS, MORE, CATALOGUE, FILE, ONLY_PRIMARY, FREE, SECTORS = (
    (20, 22), (24, 25), (26, 27), 28, 29, 30, 31, 32, 34,
)  # fmt: skip


def both(form, *numbers):
    return b"".join(struct.pack(f"<{form}", n) + struct.pack(f">{form}", n) for n in numbers)


def record(name, at, size=SECTOR, flags=2, susp=b""):
    body = both("I", at, size) + bytes(7) + bytes((flags, 0, 0)) + both("H", 1)
    body += bytes((len(name),)) + name + bytes(1 - len(name) % 2) + susp
    return bytes((len(body) + 2, 0)) + body


def descriptor(kind, number):
    head = bytes((kind,)) + b"CD001\1\0" + bytes(32) + b"VOLUME".ljust(32) + bytes(8)
    head += both("I", SECTORS) + (b"%/E" if kind == 2 else b"").ljust(32, b"\0")
    head += both("H", 1, 1, SECTOR) + both("I", len(path_table(number, "<")))
    head += struct.pack("<II", TABLES[number], 0) + struct.pack(">II", TABLES[number] + 1, 0)
    return (head + record(b"\0", ROOTS[number])).ljust(881, b" ") + b"\1"


def path_table(number, order):
    rows = ((b"\0", ROOTS[number]), (name("D", number), SUBS[number]))
    return b"".join(
        struct.pack(f"{order}BBIH", len(text), 0, at, 1) + text + bytes(len(text) % 2)
        for text, at in rows
    )


def name(text, number):
    return text.encode("utf-16-be" if number else "ascii")


def directory(own, above, *records):
    return record(b"\0", own) + record(b"\1", above) + b"".join(records)


def made(*, only_primary=False):
    """An image with a primary and a Joliet tree, each with a folder D that holds A.TXT."""
    image = bytearray(SECTORS * SECTOR)

    def put(sector, data):
        image[sector * SECTOR : sector * SECTOR + len(data)] = data

    put(16, descriptor(1, 0))
    put(17, b"\0CD001\1EL TORITO SPECIFICATION".ljust(71, b"\0") + struct.pack("<I", CATALOGUE))
    put(18, descriptor(2, 1))
    put(19, b"\xffCD001\1")
    goes_on = b"CE\x1c\1" + both("I", MORE, 100, 40)
    for number in (0, 1):
        put(TABLES[number], path_table(number, "<"))
        put(TABLES[number] + 1, path_table(number, ">"))
        root = [record(name("D", number), SUBS[number])]
        if only_primary and not number:
            root.append(record(b"P.TXT;1", ONLY_PRIMARY, 20, 0))
        put(ROOTS[number], directory(ROOTS[number], ROOTS[number], *root))
        file = record(name("A.TXT;1", number), FILE, len(CONTENT), 0, b"" if number else goes_on)
        put(SUBS[number], directory(SUBS[number], ROOTS[number], file))
    put(MORE, bytes(100) + b"NM\x28\1\0" + b"n" * 35)
    put(CATALOGUE, b"\1".ljust(32, b"\0"))
    put(FILE, CONTENT)
    put(ONLY_PRIMARY, b"only in the primary ")
    put(FREE, b"left over")
    return bytes(image)


def walked_bytes(data, folder):
    path = folder / "a.iso"
    path.write_bytes(data)
    tables, ledger = walked(medium(path))
    assert_tiles(ledger, {"E": len(data)})
    return tables, ledger


def owners(ledger, kind):
    """Owner -> bytes."""
    out = {}
    for row in ledger.to_pylist():
        if row["class"] == kind:
            out[row["owner"]] = out.get(row["owner"], 0) + row["length"]
    return out


def test_structures_of_both_trees_are_metadata(tmp_path):
    tables, ledger = walked_bytes(made(), tmp_path)
    assert [row["path"] for row in tables.table("files").to_pylist()] == ["/D", "/D/A.TXT"]
    assert owners(ledger, "metadata") == {
        "SYSTEM_AREA": 16 * SECTOR,
        "VOLUME_DESCRIPTORS": 4 * SECTOR,
        "PATH_TABLE": 4 * SECTOR,
        "DIRECTORY": 3 * SECTOR,
        "E:p0:/D": SECTOR,
        "CONTINUATION_AREA": 40,
        "BOOT_CATALOGUE": SECTOR,
    }
    assert classes(ledger)["content"] == len(CONTENT)
    assert owners(ledger, "unallocated") == {None: 4 * SECTOR - 40}
    assert tables.table("coverage").num_rows == 0


def test_a_disc_that_was_cut_short_lacks_the_rest(tmp_path):
    (tmp_path / "cut.iso").write_bytes(made()[: 32 * SECTOR])
    item = medium(tmp_path / "cut.iso")
    assert item.size == SECTORS * SECTOR
    assert [(gap.start, gap.reason) for gap in item.gaps] == [(32 * SECTOR, "TRUNCATED")]
    _, ledger = walked(item)
    assert classes(ledger)["unreadable"] == 2 * SECTOR


def test_a_file_of_one_tree_only_is_a_file_in_use(tmp_path):
    tables, ledger = walked_bytes(made(only_primary=True), tmp_path)
    rows = {row["size"]: row for row in tables.table("files").to_pylist()}
    assert (rows[20]["state"], rows[20]["orphan"]) == ("allocated", True)
    assert owners(ledger, "content")[rows[20]["address"]] == 20
    assert "unowned" not in classes(ledger)


WITHOUT_A_MAP = {
    "UDF beside it": {20 * SECTOR + 1: b"NSR02"},
    "HFS beside it": {1024: b"BD"},
    "HFS by a map": {
        0: b"ER" + struct.pack(">HI", 512, 100),
        512: b"PM\0\0" + struct.pack(">III", 1, 40, 20) + bytes(32) + b"Apple_HFS",
    },
    "a directory without a record of itself": {SUBS[1] * SECTOR: bytes(34)},
    "halves of a number that differ": {SUBS[0] * SECTOR + 2: b"\xff"},
    "a block of an unknown size": {18 * SECTOR + 128: b"\0\x10"},
    "a path table that reaches past the end": {16 * SECTOR + 132: struct.pack("<I", 1 << 20)},
}


@pytest.mark.parametrize("case", WITHOUT_A_MAP)
def test_where_not_all_was_read_nothing_is_called_free(case):
    image = bytearray(made())
    for at, data in WITHOUT_A_MAP[case].items():
        image[at : at + len(data)] = data
    kept = iso.structures(Reader(Memory(bytes(image))), 0, len(image))
    everything = iso.union(*iso._pairs([(0, len(image))]))
    assert kept.free(everything, 0, len(image)) is None


@pytest.mark.parametrize("case", ["UDF beside it", "HFS beside it", "HFS by a map"])
def test_the_names_of_another_file_system_are_not_read(case, tmp_path):
    image = bytearray(made())
    for at, data in WITHOUT_A_MAP[case].items():
        image[at : at + len(data)] = data
    tables, _ = walked_bytes(bytes(image), tmp_path)
    (row,) = tables.table("coverage").to_pylist()
    assert (row["outcome"], row["reason"]) == ("partial", "SECOND_FILE_SYSTEM")
    assert set(tables.table("volumes")["outcome"].to_pylist()) == {"partial"}


def test_a_file_that_no_name_owns_leaves_no_map():
    image = made(only_primary=True)
    kept = iso.structures(Reader(Memory(image)), 0, len(image))
    named = [(FILE * SECTOR, FILE * SECTOR + SECTOR)]
    assert kept.free(iso.union(*iso._pairs(named)), 0, len(image)) is None
    named.append((ONLY_PRIMARY * SECTOR, ONLY_PRIMARY * SECTOR + SECTOR))
    assert kept.free(iso.union(*iso._pairs(named)), 0, len(image)) is not None


def test_any_cut_ends_and_claims_nothing_outside():
    image = made()
    for size in range(16 * SECTOR, len(image), 511):
        kept = iso.structures(Reader(Memory(image[:size])), 0, size)
        assert all(claim.start + claim.length <= size for claim in kept.claims)


def nested():
    """Every block is a directory that says it reaches to the end."""
    sectors = 2000
    image = bytearray(made()).ljust(sectors * SECTOR, b"\0")
    for at in range(SECTORS, sectors):
        own = record(b"\0", at, (sectors - at) * SECTOR)
        data = own + record(b"A", at + 1, (sectors - at - 1) * SECTOR)
        image[at * SECTOR : at * SECTOR + len(data)] = data
    goes_down = directory(SUBS[0], ROOTS[0], record(b"A", SECTORS, (sectors - SECTORS) * SECTOR))
    image[SUBS[0] * SECTOR : SUBS[0] * SECTOR + len(goes_down)] = goes_down
    return bytes(image)


def test_directories_in_each_other_end():
    """Each is read once, not each to the end."""
    image = nested()
    source = Memory(image)
    kept = iso.structures(Reader(source), 0, len(image))
    assert not kept.whole
    assert source.read_bytes < 10 * len(image)


class Memory:
    """A medium in memory that counts what is read."""

    def __init__(self, data):
        self.data, self.size, self.read_bytes = data, len(data), 0

    def read_gaps(self, offset, length):
        self.read_bytes += length
        return self.data[offset : offset + length], []


@pytest.mark.image
@pytest.mark.parametrize(
    ("relative", "free"),
    [
        ("images/container/iso9660.raw.xz", 153),
        ("images/signature/iso-joliet.img.xz", 155),
        ("images/signature/iso-unicode-long-label.img.xz", 575),
    ],
)
def test_published_images_have_a_whole_map(relative, free, shared, tmp_path):
    tables, ledger = walked(medium(unpack(shared / "corpus" / relative, tmp_path)))
    assert owners(ledger, "unallocated") == {None: free * SECTOR}
    assert "unowned" not in classes(ledger)
    assert set(tables.table("volumes")["outcome"].to_pylist()) == {"examined"}


@pytest.mark.image
def test_a_bridge_disc_has_none(shared, tmp_path):
    source = shared / "corpus/images/signature/udf-cd-nero-6.img.xz"
    _, ledger = walked(medium(unpack(source, tmp_path)))
    assert set(owners(ledger, "unallocated")) == {"NO_MAP"}
    assert owners(ledger, "metadata")["DIRECTORY"] == 2 * SECTOR
