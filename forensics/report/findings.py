"""findings.json: the answers for programs, in one canonical form, validated before it is written.

Source of the shape: findings.schema.json beside this file. What a schema cannot say is checked
here: coverage sums to the size of its item, fact ids are their digests, every fact named exists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from forensics.answer import facts

SCHEMA = Path(__file__).with_name("findings.schema.json")


class InvalidFindingsError(ValueError):
    """Findings that break their contract: a bug in a room before this one."""


def canonical(findings: Mapping[str, Any]) -> bytes:
    """Findings as bytes: keys sorted, lists sorted where their order means nothing, LF at the end."""
    ordered = {
        **findings,
        "evidence": sorted(findings["evidence"], key=lambda item: item["id"]),
        "answers": sorted(
            findings["answers"],
            key=lambda answer: (answer["question"], answer["subject"] != "case", answer["subject"]),
        ),
        "facts": sorted(findings["facts"], key=lambda fact: (fact["kind"], fact["id"])),
    }
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text.encode() + b"\n"


def fact_id(fact: Mapping[str, Any]) -> str:
    """`F-` and 12 hex digits of the SHA-256 of a fact's canonical JSON without its id."""
    rest = {key: value for key, value in fact.items() if key != "id"}
    return "F-" + hashlib.sha256(facts.canonical(rest).encode()).hexdigest()[:12]


@cache
def _validator() -> Any:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def problems(findings: Mapping[str, Any]) -> Iterator[str]:
    """Every way in which findings break their contract, one line each."""
    for error in sorted(_validator().iter_errors(findings), key=lambda error: error.json_path):
        yield f"{error.json_path}: {error.message[:200]}"
        return  # what follows may rest on what is wrong here
    for item in findings["evidence"]:
        total = sum(item["coverage"].values())
        if total != item["size"]:
            yield f"{item['id']}: coverage sums to {total}, size is {item['size']}"
    known = {fact["id"] for fact in findings["facts"]}
    if len(known) != len(findings["facts"]):
        yield "two facts have the same id"
    for fact in findings["facts"]:
        if fact["id"] != fact_id(fact):
            yield f"{fact['id']}: its digest is {fact_id(fact)}"
    for answer in findings["answers"]:
        for missing in sorted(set(answer["facts"]) - known):
            yield f"{answer['question']} {answer['subject']}: fact {missing} does not exist"


def write(findings: Mapping[str, Any], place: Path) -> None:
    """Validate and write; InvalidFindingsError with the first problem, nothing written."""
    for problem in problems(findings):
        raise InvalidFindingsError(problem)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(canonical(findings))
