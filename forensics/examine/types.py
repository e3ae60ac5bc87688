"""What kind of content bytes are: own signatures, own text check, libmagic for the rest.

libmagic costs 0.2 to 1.4 ms a file, tells no Japanese charset and takes OOXML for plain zip
(measured): so it is asked last. A type never decides whether bytes are examined.
"""

from __future__ import annotations

import codecs
import importlib
import re
from functools import cache
from typing import Any

HEAD_BYTES = 4096
TEXT_BYTES = 1024  # of these the charset is told
CUT_BYTES = 3  # of a character whose first byte is before a fragment

ZIP = "application/zip"
# (offset, signature, type): first match wins. Source: IANA media types and the formats' papers.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\3\4", ZIP),
    (0, b"PK\5\6", ZIP),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"\x1f\x9d", "application/x-compress"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (2, b"-lh", "application/x-lzh"),
    (257, b"ustar", "application/x-tar"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"regf", "application/x-windows-registry"),
    (0, b"ElfFile\0", "application/x-windows-evtx"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (0, b"SCCA", "application/x-windows-prefetch"),
    (4, b"SCCA", "application/x-windows-prefetch"),
    (0, b"MAM\x04", "application/x-windows-prefetch"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (4, b"\xef\xcd\xab\x89", "application/x-ms-ese"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"RIFF", "application/x-riff"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"bplist00", "application/x-plist-binary"),
    (0, b"EVF\t\r\n\xff\0", "application/x-ewf"),
    (0, b"\0\0\0\x0cjP  ", "image/jp2"),
)
# A zip by what it holds: names of members that stand in its head.
ZIP_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/", "application/vnd.oasis.opendocument"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_BY_FIRST_BYTE = {
    first: tuple((row[1], row[2]) for row in SIGNATURES if row[0] == 0 and row[1][0] == first)
    for first in {signature[0] for offset, signature, _ in SIGNATURES if offset == 0}
}
_ELSEWHERE = tuple(
    (
        slice(offset, offset + length),
        {row[1]: row[2] for row in SIGNATURES if (row[0], len(row[1])) == (offset, length)},
    )
    for offset, length in sorted({(row[0], len(row[1])) for row in SIGNATURES if row[0]})
)
CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r\f\x1b"} | {0x7F})


def content_type(head: bytes) -> str:
    """The type of a content by its first HEAD_BYTES bytes (fewer if it is shorter)."""
    if not head:
        return "inode/x-empty"
    for signature, kind in _BY_FIRST_BYTE.get(head[0], ()):
        if head.startswith(signature):
            return _of_zip(head) if kind == ZIP else kind
    for place, kinds in _ELSEWHERE:
        if found := kinds.get(head[place]):
            return found
    if not head[0] and not head.strip(b"\0"):
        return "application/x-zeros"
    charset = text_charset(head[:TEXT_BYTES])
    if charset:
        return f"text/plain;charset={charset}"
    return _libmagic().from_buffer(head) or "application/octet-stream"


# Endings of files that are containers, or documents that no reader takes for text.
CONTAINERS = frozenset(
    (
        "zip", "7z", "rar", "lzh", "lha", "cab", "gz", "tgz", "bz2", "xz", "zst", "lz", "lzma", "z", "br", "xlsx", "xlsm",
        "xlsb", "docx", "docm", "pptx", "pptm", "xls", "doc", "ppt", "odt", "ods", "odp", "pdf", "msg", "pst", "ost", "mdb",
        "accdb", "jtd", "xdw",
    )
)  # fmt: skip


def closed_container(name: str, head: bytes) -> str | None:
    """The ending of a name that promises a container where the bytes are of no known kind: encrypted in whole, or damaged."""
    ending = name.rpartition(".")[2].lower()
    if ending not in CONTAINERS or content_type(head) != "application/octet-stream":
        return None
    return ending


def _of_zip(head: bytes) -> str:
    return next((kind for mark, kind in ZIP_KINDS if mark in head), ZIP)


def text_charset(head: bytes) -> str | None:
    """The charset of text, or None: marks first, then the strictest decoder that fits.

    A cut may split a character (of `head` at its end, of a fragment at its start): up to three
    bytes are forgiven at both.
    """
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "utf-8" if head[0] == 0xEF else "utf-16"
    if len(head.translate(None, CONTROLS)) < len(head):
        return _wide(head)
    if head.isascii():
        return "iso-2022-jp" if b"\x1b$" in head else "ascii"
    if _is_utf8(head):
        return "utf-8"
    if not head.translate(None, _EUC) and _decodes(head, "euc_jp"):
        return "euc-jp"
    return "cp932" if _decodes(head, "cp932") else None


_EUC = bytes((*range(0x80), 0x8E, 0x8F, *range(0xA1, 0xFF)))  # bytes of EUC-JP


def _is_utf8(head: bytes) -> bool:
    """As _decodes; the start that most often tells comes first."""
    starts = range(len(head)) if len(head) <= CUT_BYTES else (CUT_BYTES, *range(CUT_BYTES))
    for skip in starts:
        try:
            codecs.utf_8_decode(head[skip:], "strict", False)  # may end anywhere
        except UnicodeDecodeError as error:
            if skip + error.start > CUT_BYTES:  # no other start mends that
                return False
        else:
            return True
    return False


_DECODERS = {charset: codecs.getincrementaldecoder(charset) for charset in ("euc_jp", "cp932")}


def _decodes(head: bytes, charset: str) -> bool:
    """Text, but for a character that the start and one that the end cuts."""
    for skip in range(min(CUT_BYTES + 1, len(head))):
        try:
            _DECODERS[charset]().decode(head[skip:])
        except UnicodeDecodeError:
            continue
        return True
    return False


# Of text in UTF-16: ASCII with line ends, kana and Japanese marks, kanji, full- and half-width forms.
_COMMON = re.compile(r"[\t\n\r\x20-\x7e\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+")
_COMMON_SHARE = 0.9  # a third of random units fall into these ranges


_COMMON_HIGH = bytes((0x00, 0x30, *range(0x4E, 0xA0), 0xFF))  # bytes of their units


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly all units are characters that text has."""
    for charset, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[: len(head) & ~1 : 2])):
        if len(high.translate(None, _COMMON_HIGH)) > (1 - _COMMON_SHARE) * len(high):
            continue
        text = head[: len(head) // 2 * 2].decode(charset, "replace")
        if len(text) > 1 and sum(map(len, _COMMON.findall(text))) >= _COMMON_SHARE * len(text):
            return charset
    return None


@cache
def _libmagic() -> Any:
    """One libmagic per process. pylibmagic carries the library and must be imported first."""
    importlib.import_module("pylibmagic")
    return importlib.import_module("magic").Magic(mime=True)
