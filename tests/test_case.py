"""case.toml: what is wrong is refused with one line, before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forensics import case as cases
from forensics.case import Refused

GOOD = """\
[case]
id = "C-1"
title = "試験"
timezone = "Asia/Tokyo"
[window]
from = 2022-06-21T19:30:00+09:00
until = 2022-06-24T12:00:00+09:00
[[evidence]]
id = "USB1"
role = "medium"
image = "usb.dd"
clock_offset = "-00:03:20"
"""
# what is put in place of what -> what the refusal says
WRONG = {
    "unknown key": ("title", "titel", 'line 3: unknown key "titel"; nearest: "title"'),
    "unknown section": ("[window]", "[windows]", 'unknown key "windows"; nearest: "window"'),
    "missing image": ('"usb.dd"', '"usb2.dd"', "line 11: usb2.dd: No such file"),
    "bad role": ('"medium"', '"stick"', 'unknown role "stick"'),
    "bad id": ('"USB1"', '"USB 1"', "is no id"),
    "bad zone": ("Asia/Tokyo", "Asia/Toky", "is no time zone"),
    "window turned round": ("2022-06-24", "2022-06-20", "ends before it begins"),
    "no zone in window": ("12:00:00+09:00", "12:00:00", "with its offset"),
    "no toml": ("[case]", "[case", "case.toml: "),
    "bad offset": ("-00:03:20", "3 minutes", "clock_offset"),
    "papers is reserved": ('"USB1"', '"papers"', "reserved"),
    "path out of text": ('"usb.dd"', "7", "must be the path of a file"),
}


def write(folder: Path, text: str) -> Path:
    (folder / "usb.dd").write_bytes(bytes(512))
    path = folder / "case.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_case_is_read(tmp_path: Path) -> None:
    case = cases.load(write(tmp_path, GOOD), keys_folder=tmp_path / "keys")
    assert case.evidence[0].clock_offset_seconds == -200
    assert case.window is not None
    assert case.window[1] - case.window[0] == 64.5 * 3600 * 10**6
    assert case.folder == tmp_path / "C-1"


@pytest.mark.parametrize("name", list(WRONG))
def test_what_is_wrong_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    old, new, says = WRONG[name]
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(Refused) as refusal:
        cases.load(path, keys_folder=tmp_path / "keys")
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case.toml", "usb.dd"]


def test_two_items_of_one_id_are_refused(tmp_path: Path) -> None:
    text = GOOD + '[[evidence]]\nid = "usb1"\nrole = "pc"\nimage = "usb.dd"\n'
    with pytest.raises(Refused, match="twice"):
        cases.load(write(tmp_path, text))


def test_a_folder_that_holds_evidence_or_another_case_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    with pytest.raises(Refused, match="holds evidence"):
        cases.load(path, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "something").touch()
    with pytest.raises(Refused, match="holds something else"):
        cases.load(path, other)
    (other / "custody.jsonl").write_text('{"case": "C-2"}\n')
    with pytest.raises(Refused, match="belongs to case C-2"):
        cases.load(path, other)


def test_init_writes_what_run_accepts(tmp_path: Path) -> None:
    (tmp_path / "a b.dd").write_bytes(bytes(512))
    text = cases.init_text("case-1", [Path("a b.dd")])
    (tmp_path / "case.toml").write_text(text, "utf-8")
    assert cases.load(tmp_path / "case.toml").evidence[0].id == "E1"


def test_the_log_is_a_chain_and_mends_a_cut_line(tmp_path: Path) -> None:
    place = tmp_path / "custody.jsonl"
    cases.log(place, "one", case="C-1")
    cases.log(place, "two")
    with place.open("ab") as file:
        file.write(b'{"event": "cut')
    cases.log(place, "three")
    lines = [json.loads(line) for line in place.read_bytes().splitlines()]
    assert [line["event"] for line in lines] == ["one", "two", "three"]
    assert len({line["previous"] for line in lines}) == 3


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    one = cases.secret(tmp_path / "keys", "C-1.token")
    assert one == cases.secret(tmp_path / "keys", "C-1.token")
    assert (tmp_path / "keys" / "C-1.token.key").stat().st_mode & 0o777 == 0o600


def test_an_image_is_no_case_file(tmp_path: Path) -> None:
    image = tmp_path / "stick.img"
    with image.open("wb") as file:
        file.truncate(1 << 40)  # read whole, it would fill the memory
    with pytest.raises(Refused, match="forensics init"):
        cases.load(image)
