"""case.toml: what is wrong is refused with one line, before anything is written."""

from __future__ import annotations

import json
import os
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
    "path out of text": ('"usb.dd"', "7", '"image" must be text'),
    "case is reserved": ('"USB1"', '"Case"', "reserved"),
    "lists in a list": (
        "timezone =",
        'languages = [["ja"]]\ntimezone =',
        "line 4: languages must be",
    ),
    "half a window": ("until = 2022-06-24T12:00:00+09:00", "", 'line 5: [window] needs "until"'),
    "window out of the calendar": ("2022-06-21", "0001-01-01", "line 6: "),
    "a number for yes": ("clock_offset =", "authorised = 1\nclock_offset =", "line 12: "),
    "offset of millennia": ("-00:03:20", "99999999:00:00", "line 12: "),
    "one bracket": ("[[evidence]]", "[evidence]", "line 8: write [[evidence]] with two brackets"),
    "a register that is empty": (
        "[[evidence]]",
        "[register]\n[[evidence]]",
        '[register] needs "file"',
    ),
}
MORE = """

[[evidence]]
id = "USB2"
role = "medium"
image = "usb2.dd"
"""
# of a second item: what is put in place of what -> what the refusal says, with the line of that item
WRONG_AGAIN = {
    "doubled id": ('"USB2"', '"usb1"', 'line 16: evidence id "usb1" is used twice'),
    "doubled image": ("usb2.dd", "./usb.dd", "line 18: ./usb.dd is already USB1"),
    "bad role": ('"medium"', '"stick"', "line 17: unknown role"),
    "no role": ('role = "medium"\n', "", 'line 15: [evidence] needs "role"'),
    "a pipe": ("usb2.dd", "pipe", "line 18: pipe is no file"),
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


@pytest.mark.parametrize("name", list(WRONG_AGAIN))
def test_a_refusal_names_the_line_of_its_own_item(tmp_path: Path, name: str) -> None:
    old, new, said = WRONG_AGAIN[name]
    (tmp_path / "usb2.dd").write_bytes(bytes(512))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused) as refusal:
        cases.load(write(tmp_path, GOOD + MORE.replace(old, new, 1)))
    assert said in str(refusal.value)


def test_a_paper_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    text = GOOD + '[papers]\ntake_out = ["a.csv", "./a.csv"]\n'
    with pytest.raises(Refused, match=r"line 14: ./a.csv is named twice"):
        cases.load(write(tmp_path, text))


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert cases.load(write(tmp_path, "\ufeff" + GOOD)).id == "C-1"


def test_keys_in_a_file_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no folder"):
        cases.load(write(tmp_path, GOOD), keys_folder=tmp_path / "usb.dd")


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
