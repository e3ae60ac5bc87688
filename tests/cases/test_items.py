"""Items that are no medium with a file system: archives, files, blank media, random bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from fixtures import people
from forensics import cli
from forensics.artifacts import ARTIFACTS
from forensics.examine import content
from tests.cases.story import listing
from tests.unpack.packers import sevenz, zipped

PERSONS = 40
RESIDENTS = people.register(7, PERSONS)
LIST = listing(RESIDENTS)
KIB = 1 << 10


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@dataclass(frozen=True)
class Run:
    """What a run of one item said."""

    exit: int
    out: Path

    def table(self, name: str) -> list[dict[str, Any]]:
        parts = sorted((self.out / "tables" / name).glob("*.parquet"))
        return [row for part in parts for row in parquet.ParquetFile(part).read().to_pylist()]

    @property
    def findings(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "report/findings.json").read_text("utf-8"))
        return found

    @property
    def item(self) -> dict[str, Any]:
        (item,) = self.findings["evidence"]
        assert sum(item["coverage"].values()) == item["size"]
        return item

    def answer(self, question: str, subject: str = "E1") -> tuple[str, list[str]]:
        (found,) = [
            answer
            for answer in self.findings["answers"]
            if (answer["question"], answer["subject"]) == (question, subject)
        ]
        return found["verdict"], found["reasons"]


def run(folder: Path, name: str, data: bytes, role: str, *, sha256: str | None = None) -> Run:
    (folder / name).write_bytes(data)
    lines = ["[case]", 'id = "c"', "[[evidence]]", 'id = "E1"', f'role = "{role}"']
    lines += [f'image = "{name}"'] + [f'sha256 = "{sha256}"'] * bool(sha256)
    (folder / "case.toml").write_text("\n".join(lines), "utf-8")
    words = ["run", folder / "case.toml", "--out", folder / "out", "--keys", folder / "keys"]
    return Run(cli.main([*map(str, words), "--workers", "0"]), folder / "out")


INSIDE = {"名簿/list.csv": LIST, "readme.txt": b"nothing here\n"}
# File name -> (bytes, container, member that holds the list).
ARCHIVES = {
    "HOME.tar": (tarred(INSIDE), "tar", "!名簿/list.csv"),
    "HOME.tar.gz": (gzip.compress(tarred(INSIDE), mtime=0), "gzip", "!名簿/list.csv"),
    "HOME.tar.xz": (lzma.compress(tarred(INSIDE)), "xz", "!名簿/list.csv"),
    "HOME.tar.bz2": (bz2.compress(tarred(INSIDE)), "bzip2", "!名簿/list.csv"),
    "HOME.zip": (zipped(INSIDE), "zip", "!名簿/list.csv"),
    "HOME.7z": (sevenz(INSIDE), "7z", "!名簿/list.csv"),
    "list.csv": (LIST, "raw", ""),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_collection_is_hashed_searched_and_opened(name: str, tmp_path: Path) -> None:
    data, container, member = ARCHIVES[name]
    found = run(tmp_path, name, data, "collection")
    assert found.exit == 0
    assert found.item["coverage"]["examined"] == len(data)
    (evidence,) = found.table("evidence")
    assert (evidence["container"], evidence["size"]) == (container, len(data))
    assert len(evidence["sha256"]) == 64
    (volume,) = found.table("volumes")
    assert (volume["filesystem"], volume["outcome"]) == (None, "examined")
    (file,) = found.table("files")
    assert (file["path"], file["size"], file["state"]) == (f"/{name}", len(data), "allocated")
    (row,) = found.table("ledger")
    assert (row["class"], row["owner"]) == ("content", file["address"])
    told = {row["address"].split("@")[0] for row in found.table("records")}
    assert {address for address in told if address.endswith(member)}
    assert found.answer("Q03")[0] == "confirmed"
    assert len({row["token"] for row in found.table("people")}) == PERSONS


def test_a_collection_is_never_the_whole_device(tmp_path: Path) -> None:
    found = run(tmp_path, "a.tar", tarred({"readme.txt": b"nothing here\n"}), "collection")
    for question in ("Q03", "Q06", "Q20"):
        verdict, reasons = found.answer(question)
        assert (verdict, "LOGICAL_ONLY" in reasons) == ("undetermined", True), question


def test_a_locked_member_is_locked_bytes_of_the_collection(tmp_path: Path) -> None:
    locked = b"AES\2\0\0".ljust(4 * KIB, b"\7")
    data = tarred({"readme.txt": b"nothing here\n", "list.aes": locked})
    found = run(tmp_path, "a.tar", data, "collection")
    assert found.exit == 3
    assert found.item["coverage"]["locked"] == len(data)
    assert "LOCKED" in found.answer("Q20")[1]


def test_an_archive_cut_short_is_not_all_examined(tmp_path: Path) -> None:
    data = gzip.compress(random.Random(3).randbytes(300 * KIB))[: 200 * KIB]
    found = run(tmp_path, "a.gz", data, "collection")
    assert found.exit == 3
    assert found.item["coverage"]["examined"] == 0
    assert found.item["coverage"]["partial"] == len(data)


def test_an_archive_in_place_of_a_medium_is_searched_and_stays_unsupported(tmp_path: Path) -> None:
    """It may hold the image of a medium, whose volumes nobody walks. A digest may be of that medium."""
    data = gzip.compress(LIST, mtime=0)
    found = run(tmp_path, "usb.dd.gz", data, "medium", sha256="ab" * 32)
    assert found.exit == 3
    assert found.item["coverage"]["unsupported"] == len(data)
    assert found.item["verified"] is False
    assert found.table("records")
    assert found.answer("Q20") == ("refuted", ["UNSUPPORTED"])
    assert found.answer("Q02")[0] == "undetermined"


def test_another_digest_of_a_collection_ends_the_run(tmp_path: Path) -> None:
    assert run(tmp_path, "a.tar", ARCHIVES["HOME.tar"][0], "collection", sha256="ab" * 32).exit == 4


def test_what_an_address_in_a_collection_names_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "a.tar", ARCHIVES["HOME.tar"][0], "collection")
    capsys.readouterr()
    words = ["show", tmp_path / "out", "E1:p0:/a.tar!readme.txt"]
    assert cli.main([*map(str, words), "--keys", str(tmp_path / "keys")]) == 0
    assert "nothing here" in capsys.readouterr().out


# Media without a file system -----------------------------------------------------------------


@pytest.mark.parametrize("value", [b"\0", b"\xff", b"U"])
def test_one_value_from_end_to_end_holds_nothing(tmp_path: Path, value: bytes) -> None:
    found = run(tmp_path, "a.dd", value * (300 * KIB), "medium")
    assert found.exit == 0
    assert found.item["coverage"]["examined"] == 300 * KIB
    assert found.answer("Q20")[0] == "confirmed"
    (volume,) = found.table("volumes")
    assert (volume["outcome"], volume["reason"]) == ("examined", "NO_FILE_SYSTEM")
    assert "WIPED" in found.answer("Q06")[1]  # and no negative comes easier


def test_random_bytes_are_never_called_examined(tmp_path: Path) -> None:
    """Searched raw, they may still be an encrypted volume: nobody has read what they stand for."""
    data = random.Random(5).randbytes(300 * KIB)
    found = run(tmp_path, "a.dd", data, "medium")
    assert found.exit == 3
    assert found.item["coverage"]["unsupported"] == len(data)
    for question in ("Q03", "Q06"):
        verdict, reasons = found.answer(question)
        assert (verdict, "UNSUPPORTED" in reasons) == ("undetermined", True), question
    assert found.answer("Q20") == ("refuted", ["UNSUPPORTED"])
    swept = [row["bytes"] for row in found.table("coverage") if row["outcome"] == "examined"]
    assert len(data) in swept


@pytest.mark.parametrize("value", [b"\0", b"\xff"])
def test_one_other_byte_is_data(tmp_path: Path, value: bytes) -> None:
    data = bytearray(value * (300 * KIB))
    data[-1] = 1
    found = run(tmp_path, "a.dd", bytes(data), "medium")
    assert found.exit == 3
    assert found.item["coverage"]["unsupported"] == len(data)


# Artefacts -----------------------------------------------------------------------------------


def test_an_artefact_that_is_too_large_is_searched_and_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b"From: a@example.jp\nTo: b@example.jp\nDate: Thu, 1 Jun 2023 10:00:00 +0900\n"
    mail = b"From a@example.jp Thu Jun  1 10:00:00 2023\n" + head + b"Subject: x\n\n" + LIST
    name = "sent.mbox"
    (artifact,) = [one for one in ARTIFACTS if one.claims(f"/{name}", mail[:4096])]
    monkeypatch.setattr(content, "ARTIFACT_BYTES_MAX", len(mail) - 1)
    found = run(tmp_path, name, mail, "collection")
    troubles = [row for row in found.table("coverage") if row["outcome"] != "examined"]
    assert [(row["outcome"], row["reason"], row["bytes"]) for row in troubles] == [
        ("partial", f"SIZE_LIMIT {artifact.name}", len(mail))
    ]
    (row,) = [row for row in found.table("contents") if row["parent"] is None]
    assert (row["outcome"], len(row["sha256"])) == ("partial", 64)
    assert found.item["coverage"]["partial"] == len(mail)
    assert len({row["token"] for row in found.table("people")}) == PERSONS
    assert found.exit == 3
