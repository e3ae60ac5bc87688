"""The published rules: rebuilt the same, linted, true on their samples in every encoding, and in agreement with us."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yara

from forensics.personal import Settings, open_detector
from forensics.personal.rules import RuleError, Rules
from forensics.share import share

FOLDER = share("rules") / "personal"
FILES = sorted(FOLDER.glob("*.yar"))
SAMPLES = json.loads((FOLDER / "samples.json").read_text("utf-8"))
SUFFIX = {"utf-8": "UTF8", "cp932": "CP932", "euc_jp": "EUCJP", "iso2022_jp": "ISO2022JP", "utf-16-le": "UTF16LE",
          "utf-16-be": "UTF16BE"}  # fmt: skip
META = {"description", "author", "reference", "date", "id", "kind", "severity", "false_positives"}


def builder():
    path = Path(__file__).parents[2] / "scripts" / "build_rules.py"
    spec = importlib.util.spec_from_file_location("build_rules", path)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["build_rules"] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


def test_rebuilt_rules_are_the_committed_ones():
    build = builder()
    assert {path.stem for path in FILES} == set(build.SHAPES)
    for path in FILES:
        assert path.read_text("utf-8") == build.build(path.stem), path.name


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_lint(path):
    text = path.read_text("utf-8")
    assert not re.search(r"fullword|\\b|import|nocase", text)
    rules = list(yara.compile(source=text))
    assert rules
    for rule in rules:
        assert set(rule.meta) == META
        assert rule.meta["kind"] == path.stem
    for pattern in re.findall(r"= /(.*)/( wide)?$", text, re.MULTILINE):
        assert not re.match(r"\[0-9\]\{", pattern[0]), "a number without an atom"


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_samples(kind):
    rules = yara.compile(filepath=str(FOLDER / f"{kind}.yar"))
    assert len(SAMPLES[kind]["hit"]) >= 3
    assert len(SAMPLES[kind]["miss"]) >= 3
    for codec, suffix in SUFFIX.items():
        for text in SAMPLES[kind]["hit"]:
            found = [match.rule for match in rules.match(data=text.encode(codec))]
            bare = (
                "UTF16LE" if suffix == "UTF16LE" else "UTF16BE" if suffix == "UTF16BE" else "ASCII"
            )
            assert any(name.endswith((suffix, bare)) for name in found), (codec, text, found)
        for text in SAMPLES[kind]["miss"]:
            found = [match.rule for match in rules.match(data=text.encode(codec)) if match.rule.endswith("_" + suffix)
                     and "Bare" not in match.rule]  # fmt: skip
            assert not found, (codec, text, found)


def test_my_number_rule_agrees_with_the_validator():
    rules = yara.compile(filepath=str(FOLDER / "my_number.yar"))
    from forensics.personal.checks import my_number

    for number in range(123_456_789_000, 123_456_789_300):
        found = any(
            "Bare_ASCII" in match.rule for match in rules.match(data=f"x:{number};".encode())
        )
        assert found == my_number(str(number))


def test_rule_names_a_hit_at_its_bytes():
    rules = Rules(())
    data = "氏名 佐藤 個人番号：123456789018 終".encode("cp932")
    start = data.index(b"1234")
    assert rules.name("my_number", "cp932", data, start, start + 12) == "PII_JP_MyNumber_CP932"
    assert rules.name("my_number", "cp932", data, 0, 4) is None
    assert rules.name("sex", "cp932", data, 0, 4) is None


def test_own_rules_run_on_every_byte(tmp_path):
    (tmp_path / "own.yar").write_text('rule Own { strings: $a = "SECRET-TAG" condition: $a }')
    detector = open_detector(Settings(bytes(32), rules=(str(tmp_path),)))
    found = detector.detect([bytes(5000), b"..SECRET-TAG..", bytes(100)])
    assert [(hit.rule, hit.start, hit.length) for hit in found.hits] == [("Own", 5002, 10)]
    assert not found.records


def test_a_bad_rule_refuses(tmp_path):
    (tmp_path / "bad.yar").write_text("rule Bad {\n condition:\n  kana\n}")
    with pytest.raises(RuleError, match=r"bad\.yar.*line 3|bad\.yar\(3\)"):
        Rules((str(tmp_path),))
    with pytest.raises(RuleError, match="no folder"):
        Rules((str(tmp_path / "missing"),))


def plain_name(compiled, suffix, data, start, end):
    """The best of all rules of a kind at once; on excerpts as short as these samples nothing is cut."""
    found = []
    for match in compiled.match(data=data):
        if not match.rule.endswith((f"_{suffix}", "_ASCII")):
            continue
        for string in match.strings:
            for one in string.instances if not string.identifier.startswith("$w") else ():
                common = min(one.offset + one.matched_length, end) - max(one.offset, start)
                if common > 0 and common * 2 >= min(end - start, one.matched_length):
                    found.append((match.rule.endswith("_ASCII"), "Bare" in match.rule, match.rule))
    return min(found, default=(0, 0, None))[2]


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_name_is_the_best_of_all_rules_of_the_kind(kind):
    rules, whole = Rules(()), yara.compile(filepath=str(FOLDER / f"{kind}.yar"))
    seen = set()
    for encoding, codec in (("utf-8", "utf-8"), ("ascii", "utf-8"), ("cp932", "cp932"), ("euc-jp", "euc_jp"),
                            ("iso-2022-jp", "iso2022_jp"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")):  # fmt: skip
        for text in (*SAMPLES[kind]["hit"], *SAMPLES[kind]["miss"]):
            data = text.encode(codec)
            for start, end in ((0, len(data)), (len(data) // 3, len(data)), (0, len(data) // 2)):
                name = rules.name(kind, encoding, data, start, end)
                suffix = SUFFIX.get(codec)
                assert name == plain_name(whole, suffix, data, start, end), (encoding, text)
                seen.add(name)
    assert seen - {None} or kind in {"sex", "tax_amount", "welfare_flag"}  # words only, no value
