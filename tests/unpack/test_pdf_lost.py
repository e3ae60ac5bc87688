"""PDF files of which a part is gone, is told elsewhere, or would never end: the text comes, or a reason."""

from __future__ import annotations

import hashlib
import time
import zlib

import pytest
from lockers import cipher, locked_pdf
from packers import pdf
from test_unpack import contents

from forensics.unpack import Budget

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
NUMBERED = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H%s>>"
PAGE = b"<</Type/Page/Contents 2 0 R/Resources<</Font<</F 3 0 R>>>>>>"
SEEN = b"BT /F 10 Tf (text seen) Tj ET"


def read(data: bytes) -> tuple[list[str], str | None]:
    """Lines of the text, and what is missing."""
    name, body, _, reason, _ = contents(data)[0]
    assert name == "~text"
    return [line for line in body.decode().split("\n") if line], reason


def flate(head: bytes, body: bytes) -> bytes:
    packed = zlib.compress(body)
    head = b"<</Filter/FlateDecode/Length %d%s>>\nstream\n" % (len(packed), head)
    return head + packed + b"\nendstream"


# --- what is read all the same --------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r", b" \r\n", b"\t\n"])
def test_a_stream_whatever_ends_its_line(end: bytes) -> None:
    data = pdf(PAGE, flate(b"", SEEN).replace(b"stream\n", b"stream" + end, 1), FONT)
    assert read(data) == (["text seen"], None)


def test_a_page_is_what_has_content() -> None:
    assert read(pdf(PAGE.replace(b"/Type/Page", b""), (b"", SEEN), FONT)) == (["text seen"], None)


def test_content_whose_page_is_lost() -> None:
    other = (b"", b"BT /G 10 Tf (\\000\\101\\004\\217) Tj ET")
    lines, reason = read(pdf(b"<</Producer(x)>>", (b"", SEEN), other))
    assert "text seen" in lines
    assert reason == "NO_TEXT_MAP"  # of the other, whose font is lost with its page
    assert read(pdf(b"null", (b"", SEEN)))[1] is None


def test_forms_and_patterns_that_nothing_draws() -> None:
    form, pattern = (b"/Subtype/Form", SEEN), (b"/PatternType 1", b"BT (pattern) Tj ET")
    assert read(pdf(PAGE, (b"", b""), FONT, form, pattern))[0] == ["text seen", "pattern"]
    page = PAGE.replace(b"/Font", b"/XObject<</X 4 0 R>>/Font")
    assert read(pdf(page, (b"", b"/X Do"), FONT, form))[0] == ["text seen"]


def test_rows_placed_by_the_space_they_are_drawn_in() -> None:
    for turn in (b"1 0 0 1", b"0 1 -1 0", b"0 -1 1 0"):
        rows = b"".join(
            b"q 1 0 0 1 50 %d cm BT 12 0 0 12 0 0 Tm /F 1 Tf (row %d) Tj ET Q " % (700 - 20 * n, n)
            for n in range(3)
        )
        content = turn + b" 0 0 cm q " + rows + b"Q BT /F 10 Tf 50 500 Td (a) Tj 90 0 Td (b) Tj ET"
        assert read(pdf(PAGE, (b"", content), FONT))[0] == ["row 0", "row 1", "row 2", "a\tb"]


def test_text_that_stands_for_what_is_shown() -> None:
    content = b"/Span<</ActualText<FEFF84EE898B>>>BDC BT /F 10 Tf (\\000\\001) Tj ET EMC"
    assert "蓮見" in read(pdf(PAGE, (b"", content), NUMBERED % b""))[0]
    dash = b"/Span<</ActualText<FEFF2013>>>BDC BT /F 10 Tf (-) Tj ET EMC"
    assert read(pdf(PAGE, (b"", dash), FONT)) == (["-"], None)


def test_codes_without_a_character_are_told() -> None:
    shown = (b"", b"BT /F 10 Tf (\\001\\002\\003) Tj ET")
    assert read(pdf(PAGE, shown, b"<</Type/Font/Subtype/TrueType>>"))[1] == "NO_TEXT_MAP"


def test_a_map_of_its_own_is_no_list_of_numbers() -> None:
    inner = b"/Encoding 4 0 R/DescendantFonts[<</CIDSystemInfo<</Ordering(Japan1)>>>>]"
    font = (NUMBERED % inner).replace(b"/Encoding/Identity-H", b"")
    content = (b"", b"BT /F 10 Tf <0042> Tj ET")
    assert read(pdf(PAGE, content, font, (b"/Type/CMap", b"")))[1] == "NO_TEXT_MAP"


@pytest.mark.parametrize(
    ("encoding", "codes", "shown"),
    [
        ("Identity-H", b"<00410042>", "蓮B"),
        ("90ms-RKSJ-H", b"<41C4984182A0>", "蓮ﾄ連あ"),
        ("EUC-H", b"<41CFA2>", "蓮連"),
        ("UniJIS-UTF16-H", b"<84EED842DFB7>", "蓮\N{CJK UNIFIED IDEOGRAPH-20BB7}"),
        ("H", b"<4F22>", "連"),
    ],
)
def test_codes_are_as_long_as_the_encoding_has_them(
    encoding: str, codes: bytes, shown: str
) -> None:
    cmap = (
        b"",
        b"1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <41> <84EE> <42> <0042> endbfchar",
    )
    cmap = (b"", b"") if encoding in ("UniJIS-UTF16-H", "H") else cmap
    font = NUMBERED.replace(b"Identity-H", encoding.encode()) % b"/ToUnicode 4 0 R"
    assert read(pdf(PAGE, (b"", b"BT /F 10 Tf " + codes + b" Tj ET"), font, cmap)) == (
        [shown],
        None,
    )


def test_fields_of_a_form_without_its_pages() -> None:
    fields = b"<</FDF<</Fields[<</T(name)/V(\\376\\377\\204\\356\\211\\213)>>]>>>>"
    data = pdf(fields).replace(b"%PDF-1.7", b"%FDF-1.2")
    assert read(data) == (["name", "蓮見"], None)


def test_encryption_of_a_file_inside_is_not_that_of_the_outer() -> None:
    inner = pdf(PAGE, (b"", SEEN), FONT) + b"trailer<</Encrypt 9 0 R>>"
    file = b"<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream" % (len(inner), inner)
    found = contents(pdf(PAGE, (b"", SEEN), FONT, file))
    assert [(name, outcome) for name, _, outcome, *_ in found] == [
        ("~text", "examined"),
        ("4", "examined"),
    ]


def test_only_the_files_are_locked() -> None:
    lock = b"/Encrypt<</Filter/Standard/V 4/R 4/O()/U()/P 1/CF<</S<</CFM/AESV2>>>>/EFF/S>>"
    data = pdf(PAGE, (b"", SEEN), FONT, (b"/Type/EmbeddedFile", b"secret")).replace(b"/Root", lock + b"/Root")  # fmt: skip
    assert read(data) == (["text seen"], None)
    assert contents(data)[1][2:] == ("locked", "LOCKED", "PDF encryption")
    assert contents(data.replace(b"/EFF/S", b"/StmF/S"))[0][2] == "locked"


@pytest.mark.parametrize("end", ["/Filter[/Crypt/FlateDecode]", "/Filter[/FlateDecode]"])
def test_streams_that_are_left_open_in_a_locked_file(end: str) -> None:
    plain = b"<r>plain \xe8\x93\xae</r>"
    packed = zlib.compress(plain)
    stream = f"9 0 obj<</Type/Metadata{end}/Length {len(packed)}>>\nstream\n".encode()
    stream += packed + b"\nendstream endobj 10 0 obj<</Metadata 9 0 R>>endobj\n"
    data = locked_pdf("AES").replace(b"trailer", stream + b"trailer")
    assert data.count(stream) == 1
    found = [body for name, body, *_ in contents(data) if name.startswith("Metadata")]
    assert (found == [plain]) == ("Crypt" in end)


def test_objects_behind_which_nothing_comes() -> None:
    whole = pdf(PAGE, (b"", SEEN), FONT, b"<</Title(last)>>")
    assert read(whole) == (["text seen", "last"], None)
    assert read(whole[: whole.index(b"4 0 obj")]) == (["text seen"], "TRUNCATED")
    assert read(whole + whole[9 : whole.index(b"4 0 obj")])[1] == "TRUNCATED"  # of an update


def test_a_stream_whose_dictionary_is_damaged_is_told() -> None:
    data = pdf(PAGE, flate(b"", SEEN).replace(b">>", b"  "), FONT)
    assert read(data) == ([], "DAMAGED")
    assert read(pdf(PAGE, (b"", SEEN), FONT, (b"/Type/ObjStm", b"9 0 (x)"))) == (["text seen"], "DAMAGED")  # fmt: skip


# --- what would never end -------------------------------------------------------------------------


def bomb(font: bytes, *more: bytes, content: bytes = SEEN) -> bytes:
    return pdf(PAGE, flate(b"", content), font, *more)


WITH_MAP = NUMBERED % b"/ToUnicode 4 0 R"
PAGES_OF_ZEROS = b"0 " * 3_000_000
BOMBS = {
    "sections of a map that never end": bomb(WITH_MAP, flate(b"", b"beginbfchar " * 60_000)),
    "ranges of a map": bomb(WITH_MAP, flate(b"", b"beginbfrange " + b"<0000><ffff><00>" * 400 + b"endbfrange")),
    "widths": bomb(NUMBERED % (b"/DescendantFonts[<</W[" + b"0 65535 5 " * 400 + b"]>>]")),
    "runs of runs": pdf(
        PAGE, b"<</Filter[/RL/RL/RL]/Length 40000>>\nstream\n" + b"\x81\x81" * 20_000 + b"\nendstream", FONT
    ),
    "objects in a stream": bomb(
        FONT, flate(b"/Type/ObjStm/N 1/First %d" % len(PAGES_OF_ZEROS), PAGES_OF_ZEROS)
    ),
    "a row of a predictor": pdf(
        PAGE, flate(b"/DecodeParms<</Predictor 12/Columns 65535/Colors 65535/BitsPerComponent 65535>>", SEEN), FONT
    ),
    "content that is the same again and again": pdf(
        PAGE.replace(b"2 0 R", b"[" + b"2 0 R " * 40_000 + b"]"), b"<</Length 99999>>\nstream\n" + b" " * 99_999 + b"\nendstream", FONT
    ),
    "texts that begin": pdf(b"null", flate(b"", b" BT" * 300_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_never_end(name: str) -> None:
    began = time.process_time()
    found = contents(BOMBS[name])
    assert time.process_time() - began < 20
    reasons = {"BUDGET_MEMBERS", "BUDGET_RATIO", "NO_TEXT_MAP", None}
    assert {reason for *_, reason, _ in found} <= reasons


# --- encryption of ISO 32000-2 --------------------------------------------------------------------


def hashed(revision: int, password: bytes, salt: bytes) -> bytes:
    """Algorithm 2.B by its steps a to f; of revision 5 its first step."""
    key = hashlib.sha256(password + salt).digest()
    step, last = 0, 0
    while revision == 6 and (step < 64 or last > step - 32):
        mixed = cipher(key[:16], key[16:32], (password + key) * 64)
        name = {0: "sha256", 1: "sha384", 2: "sha512"}[int.from_bytes(mixed[:16], "big") % 3]
        key, step, last = hashlib.new(name, mixed).digest(), step + 1, mixed[-1]
    return key[:32]


@pytest.mark.parametrize("revision", [5, 6])
@pytest.mark.parametrize("password", ["", "合言葉"])
def test_keys_of_256_bits(revision: int, password: str) -> None:
    key, raw, start = bytes(range(32)), password.encode(), b"sixteen start by"
    user = hashed(revision, raw, b"validate") + b"validate" + b"key salt"
    packed = cipher(hashed(revision, raw, b"key salt"), bytes(16), key)
    pad = 16 - len(SEEN) % 16
    body = start + cipher(key, start, SEEN + bytes((pad,)) * pad)
    lock = b"<</Filter/Standard/V 5/R %d/O<%s>/U<%s>/UE<%s>/OE<>/P -4/CF<</S<</CFM/AESV3>>>>/StmF/S/StrF/S>>"
    page = b"<</Length %d>>\nstream\n%s\nendstream" % (len(body), body)
    data = pdf(PAGE, page, FONT, lock % (revision, bytes(48).hex().encode(), user.hex().encode(), packed.hex().encode()))  # fmt: skip
    data = data.replace(b"/Root", b"/Encrypt 4 0 R/Root")
    found = contents(data, Budget(len(data), passwords=("other", "合言葉")))
    assert found[0][1:4] == (b"text seen\n", "examined", None)
    assert (contents(data)[0][2] == "locked") == bool(password)
