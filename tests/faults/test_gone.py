"""Evidence that goes away while it is examined, as where a drive is pulled: the run stops and can go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics import cli
from tests.test_case import GOOD, write

# A story that is told while the evidence is taken away; then it fails over it, or does not notice.
STORY = """
from pathlib import Path
def story(case, crew):
    image = Path({image!r})
    image.rename(image.with_suffix(".pulled"))
    {then}
    return 3
"""


@pytest.mark.parametrize("then", ["image.read_bytes()", ""])
def test_a_run_whose_evidence_goes_away_is_interrupted(tmp_path: Path, capsys, then: str) -> None:
    source = write(tmp_path, GOOD)
    image = next(tmp_path.glob("*.dd"))
    story = tmp_path / "story.py"
    story.write_text(STORY.format(image=str(image), then=then))
    said = ["run", str(source), "--pipeline", str(story), "--workers", "0"]
    assert cli.main([*said, "--keys", str(tmp_path / "keys")]) == 130
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == f"stopped: {image} is gone; what was done is kept; the same command goes on"
    folder = next(tmp_path.glob("*/custody.jsonl")).parent
    assert cli.main(["status", str(folder)]) == 0
    assert "not finished" in capsys.readouterr().out
