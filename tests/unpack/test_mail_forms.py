"""Mail that begins otherwise than usual, signed mail, and the code pages of Outlook's strings."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from packers import TEXT, ole
from test_unpack import contents

from forensics.unpack import find, mapi

SIGNED = "2a864886f70d010702"
DIGESTED, PACKED, STAMPED = "2a864886f70d010705", "2a864886f70d0109100109", "2a864886f70d010910011f"


def ber(tag: int, *parts: bytes, is_open: bool = False) -> bytes:
    """An element; is_open: with a length that its end tells."""
    body = b"".join(parts)
    if is_open:
        return bytes((tag, 0x80)) + body + b"\0\0"
    size = len(body).to_bytes(4, "big").lstrip(b"\0") or b"\0"
    return bytes((tag,)) + (bytes((len(body),)) if len(body) < 128 else bytes((0x80 | len(size),)) + size) + body  # fmt: skip


def oid(dotted: str) -> bytes:
    return ber(6, bytes.fromhex(dotted))


def cms(kind: str, content: bytes | None, *, is_open: bool = False) -> bytes:
    if is_open and content is not None:
        parts = [ber(4, content[at : at + 100]) for at in range(0, len(content), 100)]
        string = ber(0x24, *parts, is_open=True)
    else:
        string = ber(4, content or b"")
    held = (ber(0xA0, string, is_open=is_open),) if content is not None else ()
    data = oid("2a864886f70d010701")
    signatures = ber(0x31, ber(0x30, ber(4, b"the signature")))
    if kind == STAMPED:
        inner = (ber(2, b"\1"), ber(0x16, b"a.csv"), string, ber(0xA0, signatures))
    else:
        inner = (ber(2, b"\1"), ber(0x31), ber(0x30, data, *held, is_open=is_open), signatures)
    return ber(0x30, oid(kind), ber(0xA0, ber(0x30, *inner, is_open=is_open), is_open=is_open), is_open=is_open)  # fmt: skip


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(("kind", "method"), [(SIGNED, "CMS signed"), (DIGESTED, "CMS digested"), (STAMPED, "CMS stamped"), (PACKED, "CMS compressed")])  # fmt: skip
def test_cms_that_is_not_encrypted(kind: str, method: str, is_open: bool) -> None:
    packed = zlib.compress(TEXT) if kind == PACKED else TEXT
    data = cms(kind, packed, is_open=is_open)
    assert contents(data) == [("content", TEXT, "examined", None, method)]
    pem = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"
    assert contents(pem) == [("content", TEXT, "examined", None, method)]


def test_a_signature_alone_and_damage() -> None:
    assert contents(cms(SIGNED, None)) == []
    data = cms(SIGNED, TEXT)
    assert contents(data[: data.index(TEXT) + 9])[0][1:4] == (TEXT[:9], "partial", "TRUNCATED")
    for at in range(20, 60):
        for value in (0, 0x80, 0xFF):
            for *_, outcome, reason, _ in contents(data[:at] + bytes((value,)) + data[at + 1 :]):
                assert outcome == "examined" or reason in ("TRUNCATED", "DAMAGED")


def message(body: bytes, kind: bytes) -> bytes:
    head = (
        b"From: a@example.jp\nSubject: x\nContent-Type: application/pkcs7-mime; smime-type=" + kind
    )
    return head + b"; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(body)  # fmt: skip


def test_signed_mail_is_not_locked() -> None:
    inner = b"Content-Type: text/plain\n\nhello"
    found = contents(message(cms(SIGNED, inner), b"signed-data"))
    assert found[1] == ("smime.p7m", cms(SIGNED, inner), "examined", None, "base64")
    enveloped = cms("2a864886f70d010703", b"secret")
    found = contents(message(enveloped, b"enveloped-data"))
    assert found[1] == ("smime.p7m", None, "locked", "LOCKED", "S/MIME")


@pytest.mark.parametrize(
    ("start", "is_mail"),
    [
        (b"Newsgroups: a.b\nFrom: x\nSubject: y\n\nbody", True),
        (b"Authentication-Results: mx.example;\n dkim=pass\nList-Id: <x>\nDate: now\nTo: y\n\nbody", True),
        (b"1234      \nReturn-Path: <a@b>\nFrom: x\nTo: y\n\nbody", True),
        (b"Name: x\nPlace: y\n\nFrom: z\nTo: a\n", False),
        (b"one line\nFrom: x\nTo: y\n\n", False),
        (b"From: x\nFrom: y\n\n", False),
        (b"name,From:,To:\n1,2,3\n", False),
    ],
)  # fmt: skip
def test_what_is_mail(start: bytes, is_mail: bool) -> None:
    unpacker = find(start)
    assert (unpacker is not None and unpacker.name == "mail") == is_mail
    if is_mail:
        assert contents(start)[1][1] == b"body"


@pytest.mark.parametrize(
    ("values", "raw", "text"),
    [
        ({0x3FF1: 1031, 0x3FDE: 65001}, b"\xf6\xe4\xfc", "öäü"),
        ({0x3FF1: 1049, 0x3FDE: 65001}, b"\xe0\xe2\xf2", "авт"),
        ({0x3FF1: 1041, 0x3FDE: 50220}, "蓮見".encode("cp932"), "蓮見"),
        ({0x3FF1: 1033, 0x3FDE: 932}, "蓮見".encode("cp932"), "蓮見"),
        ({0x3FF1: 1033}, "蓮見".encode("cp932"), "蓮見"),
        ({0x3FFD: 1251, 0x3FF1: 1041}, b"\xe0\xe2\xf2", "авт"),
    ],
)
def test_code_pages_of_a_message(values: dict[int, int], raw: bytes, text: str) -> None:
    fixed = b"".join(struct.pack("<HHIIi", 3, number, 6, value, 0) for number, value in values.items())  # fmt: skip
    found = contents(
        ole({"__properties_version1.0": bytes(32) + fixed, "__substg1.0_0037001E": raw})
    )
    assert f"Subject: {text}\n" in found[0][1].decode()


def test_texts_in_what_is_no_string() -> None:
    names = ["Hasumi Takako", "名簿 一郎太", "a@example.jp"]
    raw = b"\0\0\0\0\x81\x2b" + b"\0\0\x01\0".join(name.encode("utf-16-le") for name in names)
    raw += b"\0\0\0\1UNKNOWN\0\0"
    values = {0x8055: mapi.value(mapi.BINARIES, raw), 0x1013: mapi.value(mapi.BINARY, b"the body")}
    found = next(mapi.members(mapi.Item(values), "pst"))
    assert found.chunks
    lines = b"".join(found.chunks()).decode().split("\n")
    assert [line for line in lines if line] == [f"8055: {name}" for name in [*names, "UNKNOWN"]]
