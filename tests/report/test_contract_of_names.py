"""What the case file accepts as a name, the findings accept too."""

from __future__ import annotations

import json
from pathlib import Path

from forensics import report
from forensics.case.reader import CASE_ID
from forensics.values import EVIDENCE_ID

SCHEMA = json.loads((Path(report.__file__).parent / "findings.schema.json").read_text("utf-8"))


def test_ids_of_cases_and_items_are_those_of_the_case_file():
    properties = SCHEMA["properties"]
    case = properties["case"]["properties"]["id"]["pattern"]
    item = properties["evidence"]["items"]["properties"]["id"]["pattern"]
    assert case == f"^{CASE_ID.pattern}$"
    assert item == f"^{EVIDENCE_ID.pattern}$"
