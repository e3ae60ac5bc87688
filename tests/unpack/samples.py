"""One small content of every format, by the name of its unpacker."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
from pathlib import Path

import ese_pages
import pyarrow as pa
from access_pages import access
from outlook import pst, tnef
from packers import (
    MAIL,
    MBOX,
    PDF,
    TEXT,
    XLSX,
    cab,
    compressed,
    cpio,
    database,
    iwa,
    lzh,
    lzipped,
    ole,
    rar,
    sevenz,
    tarred,
    zipped,
)  # fmt: skip


def _sample() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return database(Path(folder), "create table t (a, b)", {"t": [(1, "蓮見 貴子")]})


RTF = (
    rb"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset128 MS;}}{\*\generator X}"
    rb"\f0 No. 1\cell\f1 \'98\'40\'8c\'a9 \u-28637?\uc2\u23376\'8e\'71\cell\row {\footnote \'92\'8d}\bin3 {{{ end\par"
    rb"{\object{\*\objdata 0105000041414141}}}"
)
HTML = (
    "<!DOCTYPE html><html><head><meta charset=Shift_JIS><title>表</title></head><body><table>\n<tr><td>蓮見\n"
    " 貴子</td>\n<td><p>090-&#48;000</p></td></tr></table><!-- 注 --></body></html>"
).encode("cp932")


SAMPLES: dict[str, bytes] = {
    "rar": rar({"表/a.csv": TEXT, "b.txt": b"plain" * 3000}),
    "cab": cab({"a.csv": TEXT, "深い/b.txt": b"plain" * 9000}),
    "lzh": lzh("表.csv", TEXT, len(TEXT)) + b"\0",
    "sqlite": _sample(),
    "7z": sevenz({"a.csv": TEXT, "深い/b.txt": b"plain" * 100}),
    "pdf": PDF,
    "zip": zipped({"a.csv": TEXT, "b/c.txt": b"plain"}),
    "tail": b"MZ" + bytes(600) + zipped({"a.csv": TEXT}),
    "gzip": gzip.compress(TEXT, mtime=0) + gzip.compress(b"more", mtime=0),
    "bzip2": bz2.compress(TEXT),
    "zstd": pa.compress(TEXT, "zstd", asbytes=True),
    "xz": lzma.compress(TEXT),
    "cms": bytes.fromhex("302a06092a864886f70d010702a01d301b02010131003014")
    + bytes.fromhex("06092a864886f70d010701a0070405")
    + b"plain",
    "lzma": lzma.compress(TEXT, lzma.FORMAT_ALONE),
    "ar": b"!<arch>\n" + b"a.csv/".ljust(48) + str(len(TEXT)).encode().ljust(10) + b"`\n" + TEXT,
    "tar": tarred({"a.csv": TEXT, "深い/" * 30 + "b.txt": b"plain"}),
    "office": XLSX,
    "ole": ole({"One": TEXT[:1000], "Two": b"x" * 100}),
    "pst": pst(),
    "tnef": tnef(),
    "access": access(),
    "ese": ese_pages.database(),
    "rtf": RTF,
    "html": HTML,
    "compress": compressed(TEXT),
    "lzip": lzipped(TEXT) + lzipped(b"more"),
    "iwa": iwa(TEXT),
    "cpio": cpio({"表/a.csv": TEXT, "b.txt": b"plain"}),
    "mail": MAIL,
    "mbox": MBOX,
    "flat": b"<?xml version='1.0'?>\n<office:document><text:p>x</text:p></office:document>",
    "uuencode": b"begin 644 a.csv\n(82QB+&,L9 H \n`\nend\n",
    "unsupported": b"xar!" + bytes(40),
}
