"""What is missing of a container is a row: cut between its parts, or past what is read of it."""

from __future__ import annotations

import struct

import pytest
from packers import XLSX, _biff, cpio, ole, pdf, tarred, xls
from samples import SAMPLES
from test_unpack import contents

from forensics.unpack import xls as workbooks

ENDS = tarred({"a.csv": b"x" * 700, "b.csv": b"y" * 700})
MAIL = (
    b"From: a@example.jp\nTo: b@example.jp\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    b"--x\nContent-Type: text/plain\n\nfirst\n--x\nContent-Type: text/plain\n\nsecond\n--x--\n"
)


def reasons(data: bytes) -> set[str]:
    return {reason for _, _, outcome, reason, _ in contents(data) if outcome == "partial"}


CUT = {
    "tar between two files": ENDS[:1536],
    "mail without its last boundary": MAIL[:-10],
    "database of a length that is no pages": SAMPLES["access"][:-100],
    "ese of a length that is no pages": SAMPLES["ese"][:-100],
    "ese without the pages of a table": SAMPLES["ese"][: len(SAMPLES["ese"]) // 2],
    "signed content before its string": SAMPLES["cms"][:-12],
    "cpio before its end": cpio({"a.csv": b"text" * 50})[:-124],
}


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_off(name):
    assert reasons(CUT[name]) & {"TRUNCATED", "HEADER_DAMAGED"}


@pytest.mark.parametrize("name", ["tar", "mail", "access", "ese", "cms", "cpio", "ole"])
def test_nothing_is_missing_of_what_is_whole(name):
    assert not reasons(SAMPLES[name])
    assert not reasons(MAIL)


def test_signed_content_of_another_form_is_damage():
    data = SAMPLES["cms"].replace(b"\xa0\x07\x04\x05plain", b"\xa1\x07\x04\x05plain")
    assert reasons(data) == {"DAMAGED"}


@pytest.mark.parametrize("kind", [b"\1", b"\2"])
def test_sheets_of_macros_and_charts_have_cells_too(kind):
    head = b"\0\0\x01\x00A"
    assert head in xls()
    found = contents(xls().replace(head, b"\0" + kind + b"\x01\x00A"))
    assert "氏名".encode() in b"".join(body or b"" for _, body, *_ in found)


def test_more_sheets_than_are_read(monkeypatch):
    monkeypatch.setattr(workbooks, "SHEETS_MAX", 1)
    begin = _biff(0x0809, b"\0\6\5\0" + bytes(12))
    sheets = b"".join(_biff(0x85, struct.pack("<IBBBB", 200, 0, 0, 1, 0) + b"A") for _ in range(2))
    data = ole({"Workbook": begin + sheets + _biff(0x0A)})
    assert ("~sheet:1", None, "partial", "BUDGET_MEMBERS", "xls") in contents(data)


def form(inner: bytes) -> tuple[bytes, bytes]:
    return b"/Type /XObject /Subtype /Form" + inner, b"/F Do"


def test_forms_that_draw_each_other_without_end():
    page = (
        b"<< /Type /Page /Contents 2 0 R /Resources << /XObject << /F 3 0 R >> >> >>",
        (b"", b"/F Do"),
    )
    own = b" /Resources << /XObject << /F 3 0 R >> >>"
    found = contents(pdf(*page, form(own)))
    assert found[0][2:4] == ("partial", "BUDGET_MEMBERS")
    assert not reasons(XLSX)


def test_arrays_in_each_other_end_no_page():
    text = b"[" * 200 + b"]" * 200 + b" BT /F1 10 Tf (deep) Tj ET"
    fonts = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 >> >> >>"
    found = contents(pdf(b"<< /Type /Page /Contents 2 0 R " + fonts + b" >>", (b"", text)))
    assert b"deep" in found[0][1]
