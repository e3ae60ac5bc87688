r"""RTF: characters over the borders of groups, code pages that nobody tells, and what is packed in digits."""

from __future__ import annotations

import time

import pytest
from packers import zipped
from samples import RTF
from test_unpack import contents

FONTS = rb"{\fonttbl{\f0\fnil\fcharset0 A;}{\f1\fnil\fcharset128 B;}{\f2\fnil\cpg932 C;}{\f3\fcharset78 D;}}"
SUN = rb"\'93\'fa"


def text(body: bytes, head: bytes = rb"{\rtf1\ansi\ansicpg1252\deff0" + FONTS) -> str:
    return contents(head + body + b"}")[0][1].decode().strip()


@pytest.mark.parametrize(
    "body",
    [
        rb"{\f1 \'93}{\f1 \'fa}",
        rb"{\f1\b \'93}{\*\bkmkstart x}{\f1\i \'fa}",
        rb"{\f1 \'93\b0\'fa}\f0 ",
        rb"\f2 " + SUN,
        rb"\f3 " + SUN,
        rb"{\f1\f0\plain\f1 " + SUN + b"}",
        rb"\f1 {\f0 }{" + SUN + b"}",
    ],
)
def test_a_character_in_two_groups(body: bytes) -> None:
    assert text(body) == "日"


def test_half_a_character_goes_no_further_than_its_font() -> None:
    assert text(rb"{\f1 \'93}\f0 \'e9t\'e9") == "\ufffdété"
    assert text(rb"{\f1 \'93\par}{\f1 " + SUN + b"}") == "\ufffd\n日"


def test_bytes_that_are_not_told_in_digits() -> None:
    raw = "表ソ能、表{}".encode("cp932")  # the second byte of some is a backslash
    assert text(rb"\f1 " + raw[:-2] + rb"\par x") == "表ソ能、表\nx"
    assert text(b"\\f0 caf\xe9\\par x") == "café\nx"


def test_plain_text_is_of_the_usual_font() -> None:
    assert text(rb"\f1 " + SUN + rb"\plain \'e9") == "日é"


@pytest.mark.parametrize(
    ("head", "body", "shown"),
    [
        (rb"{\rtf1\ansi", SUN, "日"),  # nothing is told
        (rb"{\rtf1\ansi{\fonttbl{\f0\fnil MS Gothic;}}\f0 ", SUN, "日"),
        (rb"{\rtf1\ansi", rb"\'e9t\'e9", "été"),
        (rb"{\rtf1\mac\ansicpg10001", SUN, "日"),
        (rb"{\rtf1\mac", rb"\'8e", "é"),
        (rb"{\rtf1\ansi\ansicpg65001", rb"\'e6\'97\'a5", "日"),
        (rb"{\rtf1\ansi\ansicpg51932", rb"\'c6\'fc", "日"),
        (rb"{\rtf1\ansi\ansicpg4711", rb"\'e9", "é"),
        (rb"{\rtf1\ansi\uc2", rb"\u26085\bin3 }}} x", "日x"),
    ],
)
def test_code_pages(head: bytes, body: bytes, shown: str) -> None:
    assert text(body, head) == shown


def test_what_stands_before_too_many_groups_is_read() -> None:
    name, body, outcome, reason, _ = contents(rb"{\rtf1\f1 seen" + b"{" * 2000)[0]
    assert (name, body, outcome, reason) == ("~text", b"seen", "partial", "DAMAGED")


def packed(body: bytes) -> dict[str, tuple[bytes, str | None]]:
    return {
        name: (data, reason) for name, data, _, reason, _ in contents(rb"{\rtf1 " + body + b"}")[1:]
    }


def test_objects_pictures_and_data_are_members() -> None:
    archive = zipped({"a.csv": "蓮見,貴子\n".encode() * 99})
    digits = archive.hex().encode()
    lines = b"\r\n".join(digits[at : at + 77] for at in range(0, len(digits), 77))
    found = packed(
        rb"{\object{\*\objdata " + lines + rb"}{\result{\pict{\*\picprop{\sp{\sn a}{\sv 12}}}\picw99\pngblip{\*\blipuid ffff}"
        + lines + rb"}}}{\*\datastore\bin%d " % len(archive) + archive + rb"}{\pict\wmetafile8\bin2 ab}{\pict}"
    )  # fmt: skip
    assert found == {
        "object0": (archive, None),
        "picture0": (archive, None),
        "data0": (archive, None),
        "picture1": (b"ab", None),
    }


def test_an_object_in_raw_bytes() -> None:
    found = packed(rb"{\*\objdata 0105\bin4 }{\\0 6}")
    assert found == {"object0": (b"\x01\x05}{\\\\\x06", None)}


@pytest.mark.parametrize(
    "piece", [rb"\pict", rb"{\pict", rb"\pict{", rb"{\pict{{{", rb"\objdata 0"]
)
def test_packed_groups_without_end(piece: bytes) -> None:
    began = time.process_time()
    found = contents(rb"{\rtf1 " + piece * 3000)
    assert time.process_time() - began < 20
    assert found[0][2] == "partial"


def test_the_sample_is_whole() -> None:
    assert [reason for *_, reason, _ in contents(RTF)] == [None, None]
