"""Exports: accepted by the tools they are for, with names that break most of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import time
from types import SimpleNamespace
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import pytest
import report_samples as samples

from forensics import schema
from forensics.report import export
from forensics.values import Interval, encode_name, interval

SECOND = 1_000_000
NAMES = (
    b"plain.csv", b"with space.csv", b"pipe|pipe", b"back\\slash", b"new\nline", b"return\rcr",
    b"percent%7C", b'quote"s, comma', b"caf\xe9 latin", "住民.csv".encode(), "髙﨑.csv".encode("cp932"),
    b"\x1b[31mred", b"dir/inner.csv",
)  # fmt: skip


def wall(text: str, seconds: int) -> Interval:
    at = round(dt.datetime.fromisoformat(text + "+00:00").timestamp()) * SECOND
    return interval(at, seconds * SECOND, "local:unknown")


def tables(names=NAMES) -> dict:
    files, contents = [], []
    for number, raw in enumerate(names):
        path = "/" + encode_name(raw)
        body = b"content %d" % number
        address = f"USB1:p1:{path}"
        files.append(
            {"evidence": "USB1", "volume": "p1", "path": path, "masked": False, "file_id": str(number + 5),
             "state": "allocated", "kind": "file", "size": len(body), "address": address,
             "modified": wall("2022-06-21T17:04:10", 2), "accessed": wall("2022-06-21T00:00:00", 86_400),
             "born": interval(1_655_798_640_000_000 + number * SECOND, 1, "utc"),
             "extents": [(4096 * number, 512), (-1, 512)]}
        )  # fmt: skip
        contents.append(
            {"address": address, "evidence": "USB1", "state": "allocated", "size": len(body),
             "sha256": hashlib.sha256(body).hexdigest(), "md5": hashlib.md5(body).hexdigest()}
        )  # fmt: skip
    volumes = [
        {
            "evidence": "USB1",
            "volume": "p1",
            "start": 1 << 20,
            "length": 1 << 24,
            "filesystem": "fat32",
        }
    ]
    events = [
        {"time": wall("2022-06-21T17:04:10", 2), "kind": "file_modified", "evidence": "USB1", "path": "/a",
         "address": "USB1:p1:/a"},
        {"time": None, "kind": "paper_take_out", "evidence": "papers", "text": "take_out", "address": "papers:/x"},
        {"time": interval(-11_000_000_000_000_000, 1, "utc"), "kind": "file_born", "evidence": "USB1",
         "address": "USB1:p1:/old"},
    ]  # fmt: skip
    events[1].pop("time")
    rows = {"files": files, "contents": contents, "volumes": volumes, "events": events}
    return {name: schema.to_arrow(name, found) for name, found in rows.items()}


def case(folder) -> SimpleNamespace:
    item = SimpleNamespace(id="USB1", timezone=None, image_text="images/usb1.E01")
    return samples.case(folder, evidence=(item,))


def tree(folder, names=NAMES) -> None:
    """The same files on this disk, beneath EVIDENCE/VOLUME."""
    root = os.fsencode(folder) + b"/USB1/p1/"
    for number, raw in enumerate(names):
        os.makedirs(os.path.dirname(root + raw), exist_ok=True)
        with open(root + raw, "wb") as file:
            file.write(b"content %d" % number)


def needs(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} IS NOT INSTALLED: its test did not run")


def run(*command: str, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, capture_output=True, cwd=cwd, check=False, env={**os.environ, "LC_ALL": "C"}
    )


def test_every_format_is_deterministic_and_marked_internal(tmp_path):
    for name in ("one", "two"):
        for fmt in export.FORMATS:
            place = export.export(case(tmp_path), fmt.name, tables(), tmp_path / name)
            assert place.name.startswith("internal")
    for place in (tmp_path / "one").rglob("*"):
        if place.is_file():
            other = tmp_path / "two" / place.relative_to(tmp_path / "one")
            assert place.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_zone_of_this_computer_does_not_matter(tmp_path, monkeypatch, zone: str):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    place = export.export(case(tmp_path), "bodyfile", tables(NAMES[:1]), tmp_path)
    monkeypatch.undo()
    time.tzset()
    fields = place.read_bytes().splitlines()[1].split(b"|")
    assert fields[8] == b"1655798650"  # 2022-06-21 17:04:10 in Japan, 08:04:10 UTC
    assert fields[7] == b"1655737200"  # the access date begins at midnight in Japan
    assert fields[9:] == [b"0", b"1655798640"]


def test_local_times_of_an_item_use_its_own_zone(tmp_path):
    other = case(tmp_path)
    other.evidence[0].timezone = "America/New_York"
    place = export.export(other, "bodyfile", tables(NAMES[:1]), tmp_path)
    assert b"|1655845450|" in place.read_bytes()


def test_sha256sum_checks_them(tmp_path):
    needs("sha256sum")
    place = export.export(case(tmp_path), "sha256sum", tables(), tmp_path)
    tree(tmp_path)
    checked = run("sha256sum", "--strict", "-c", place.name, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count(b": OK") == len(NAMES)


def test_sha256sum_has_nul_as_text(tmp_path):
    place = export.export(case(tmp_path), "sha256sum", tables((b"a\0b",)), tmp_path)
    assert place.read_bytes().endswith(b"USB1/p1/a%00b\n")


def test_hashdeep_audits_them(tmp_path):
    needs("hashdeep")
    names = tuple(name for name in NAMES if not {10, 13} & set(name))
    place = export.export(case(tmp_path), "hashdeep", tables(names), tmp_path)
    tree(tmp_path, names)
    passed = run("hashdeep", "-l", "-r", "-a", "-k", str(place), "USB1", cwd=tmp_path)
    assert passed.stdout.startswith(b"hashdeep: Audit passed"), passed
    (tmp_path / "USB1/p1/plain.csv").write_bytes(b"other")
    assert run("hashdeep", "-l", "-r", "-a", "-k", str(place), "USB1", cwd=tmp_path).returncode != 0


def test_hashdeep_counts_names_it_cannot_hold(tmp_path):
    text = export.export(case(tmp_path), "hashdeep", tables(), tmp_path).read_bytes()
    assert b"## 2 names hold line breaks" in text
    assert b",USB1/p1/new%0Aline\n" in text
    assert b",USB1/p1/percent%7C\n" in text


def test_mactime_reads_the_body_file_and_agrees_with_ours(tmp_path):
    needs("mactime")
    names = tuple(name for name in NAMES if b'"' not in name and min(name) >= 32)
    body = export.export(case(tmp_path), "bodyfile", tables(names), tmp_path)
    ours = export.export(case(tmp_path), "mactime", tables(names), tmp_path)
    theirs = run("mactime", "-b", str(body), "-d", "-y")
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout == ours.read_bytes()


def test_bodyfile_names_survive(tmp_path):
    lines = (
        export.export(case(tmp_path), "bodyfile", tables(), tmp_path)
        .read_bytes()
        .split(b"\n")[1:-1]
    )
    assert len(lines) == len(NAMES)
    for raw, line in zip(NAMES, lines, strict=True):
        fields = line.split(b"|")
        assert len(fields) == 11
        assert unquote_to_bytes(fields[1]) == b"USB1/p1/" + raw


def test_timesketch_events_have_what_it_demands(tmp_path):
    place = export.export(case(tmp_path), "timesketch", tables(), tmp_path)
    dated = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    undated = place.with_name("internal-timesketch-undated.jsonl").read_text("utf-8").splitlines()
    assert len(dated) + len(undated) == 3
    assert len(dated) == 1  # one has no date, one is earlier than Timesketch takes
    event = dated[0]
    assert event["timestamp"] == 1_655_798_650_000_000
    assert event["datetime"] == "2022-06-21T08:04:10.000000+00:00"
    assert {"message", "datetime", "timestamp_desc"} <= event.keys()
    assert place.suffix == ".jsonl"


def test_dfxml_is_sound_and_keeps_names_and_runs(tmp_path):
    place = export.export(case(tmp_path), "dfxml", tables(), tmp_path)
    root = ET.fromstring(place.read_bytes())
    ns = "{http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML}"
    objects = list(root.iter(f"{ns}fileobject"))
    assert len(objects) == len(NAMES)
    names = {o.find(f"{ns}filename").text for o in objects}
    assert {
        "USB1/p1/plain.csv",
        "USB1/p1/pipe|pipe",
        "USB1/p1/new%0Aline",
        "USB1/p1/caf%E9 latin",
    } <= names
    first = objects[0]
    assert first.find(f"{ns}mtime").text == "2022-06-21T08:04:10.000000Z"
    assert first.find(f"{ns}mtime").get("prec") == "2"
    assert first.find(f"{ns}atime").get("prec") == "86400"
    runs = list(first.iter(f"{ns}byte_run"))
    assert runs[0].attrib == {
        "file_offset": "0",
        "img_offset": "0",
        "fs_offset": "-1048576",
        "len": "512",
    }
    assert runs[1].get("fill") == "0"
    assert first.find(f"{ns}hashdigest[@type='sha256']").text


def test_masked_names_get_their_real_path_and_keep_their_digest(tmp_path):
    found = tables(NAMES[:1])
    row = {key: value for key, value in found["files"].to_pylist()[0].items() if key != "extents"}
    masked = {**row, "path": "/<name>.csv", "masked": True, "address": "USB1:p1:/<name>.csv#5"}
    content = found["contents"].to_pylist()[0] | {"address": masked["address"]}
    found["paths"] = found["files"]
    found["files"] = schema.to_arrow("files", [masked])
    found["contents"] = schema.to_arrow("contents", [content])
    line = export.export(case(tmp_path), "sha256sum", found, tmp_path).read_bytes()
    assert line == content["sha256"].encode() + b"  USB1/p1/plain.csv\n"
