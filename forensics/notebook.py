"""A finished case in a notebook: tables, timeline, SQL, a look at bytes, the report's pictures.

Works on the case folder alone; only `show` needs the evidence. Nothing here says more than the
tables do: a table of hits is followed by `outside()`, the bytes that nobody looked at.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from forensics import case as cases
from forensics import schema
from forensics.case import Refused
from forensics.values import Address

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from forensics.report.svg import Picture
    from forensics.report.view import View

COUNTED = ("files", "events", "hits")  # tables whose rows the case's own line counts
FILE_TIMES = "file_modified", "file_accessed", "file_changed", "file_born"


@dataclass(frozen=True, slots=True)
class Note:
    """Text for the reader; `plain` keeps its lines and columns."""

    text: str
    plain: bool = False

    def _repr_html_(self) -> str:
        frame = Markup("<pre>{}</pre>") if self.plain else Markup("<p>{}</p>")
        return str(frame.format(self.text))

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pictures of the report laid out as one."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


class OpenCase:
    """A case folder that `forensics run` has written; Refused with one line where it is none."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not (self.folder / "tables").is_dir():
            raise Refused(f"{folder} is no case folder: it has no tables/; run a case first")

    def arrow(self, name: str) -> pa.Table:
        """A table as Arrow; empty where the story did not write it."""
        from pyarrow import parquet

        if name not in schema.BY_NAME:
            near = difflib.get_close_matches(name, schema.BY_NAME, 1, 0)[0]
            raise Refused(f'no table "{name}"; nearest: "{near}"')
        place = self._place(name)
        return parquet.ParquetFile(place).read() if place.is_file() else schema.to_arrow(name, [])

    def table(self, name: str) -> pd.DataFrame:
        """A table as pandas; times in the case's zone, codes as categories."""
        import pandas as pd

        frame = self.arrow(name).to_pandas()
        for column in frame.columns:
            if isinstance(frame[column].dtype, pd.DatetimeTZDtype):
                frame[column] = frame[column].dt.tz_convert(self.zone)
        return frame

    def timeline(self, start: Any = None, until: Any = None) -> pd.DataFrame:
        """Events whose time overlaps [start, until), by time, in the case's zone.

        start, until: text or datetimes; without a zone they are of the case's zone. A date as
        `until` includes that day. Undated events are left out. The index is where an interval
        begins; `time_until` is its end. source: files, traces or papers.
        """
        import pandas as pd

        frame = self.table("events").dropna(subset=["time"])
        if start is not None:
            frame = frame[frame["time_until"] > self._moment(start)]
        if until is not None:
            whole_day = isinstance(until, str) and len(until) == len("2022-06-21")
            end = self._moment(until) + pd.Timedelta(days=int(whole_day))
            frame = frame[frame["time"] < end]
        source = pd.Series("traces", frame.index).mask(frame["kind"].isin(FILE_TIMES), "files")
        frame.insert(1, "source", source.mask(frame["evidence"] == "papers", "papers"))
        names = dict.fromkeys(("source", "kind", "evidence", "host"), "category")
        return frame.astype(names).set_index("time").sort_index(kind="stable")

    def sql(self, query: str) -> pd.DataFrame:
        """The answer of DuckDB to a query over the tables of the case; it reads and writes no other file."""
        import duckdb
        from pyarrow import dataset

        with duckdb.connect(config={"enable_external_access": "false"}) as session:
            session.execute(f"set timezone = '{self.zone}'")
            for name in schema.BY_NAME:
                if self._place(name).is_file():
                    session.register(name, dataset.dataset(self._place(name)))
            return session.execute(query).df()

    def show(self, address: str) -> Note:
        """The bytes at an address, masked, as a dump of offset, hex and text. Needs the evidence.

        AddressError for a text that is no address; Refused where nothing is there.
        """
        source = Path(self._run.get("source", "case.toml"))
        if not source.is_file():
            raise Refused(f"{source} is gone; the evidence is needed to show bytes")
        from forensics.examine import resolve

        dump = resolve.look(cases.load(source, self.folder), Address.parse(address))
        return Note(dump, plain=True)

    @property
    def plot(self) -> Plots:
        """The report's own pictures."""
        return Plots(self)

    def outside(self) -> Note:
        """What a table of this case cannot speak of: bytes not examined, things not supplied."""
        head = _SAID[self.view.words.language]["outside"]
        return Note(head + self._unseen())

    def _unseen(self) -> str:
        from forensics.report.amounts import count
        from forensics.report.front import absent_subjects

        view, said = self.view, _SAID[self.view.words.language]
        parts = [
            said["bytes"].format(item.id, count(item.unread)) for item in view.items if item.unread
        ]
        parts = parts or [said["whole"]]
        parts += [said["absent"].format(name) for name in absent_subjects(view)]
        return view.sentences(parts)

    def _repr_html_(self) -> str:
        return str(self._summary())

    def __repr__(self) -> str:
        return self._summary().striptags()

    def _summary(self) -> Markup:
        """The verdict of Q01 and what was not examined."""
        from forensics.report.amounts import count
        from forensics.report.svg import mark

        if not self._findings.is_file():
            return Markup("<p><b>{}</b> {}</p>").format(self.folder.name, _UNFINISHED)
        view, said = self.view, _SAID[self.view.words.language]
        answer = view.answer("Q01")
        verdict = answer["verdict"] if answer else "not_examined"
        size = count(sum(item.size for item in view.items))
        rows = ", ".join(f"{name} {count(self._rows(name))}" for name in COUNTED)
        return Markup("<p>{} <b>{}　{}(Q01)</b></p> <p>{}{}</p>").format(
            mark(verdict),
            view.findings["case"]["id"],
            view.words.word("verdict", verdict),
            said["items"].format(len(view.items), size, rows),
            self._unseen(),
        )

    @cached_property
    def zone(self) -> str:
        """The case's IANA zone, from the custody log; else the one that local times were read in."""
        if zone := self._run.get("timezone"):
            return str(zone)
        bases = Counter(self.arrow("events").column("time_basis").to_pylist())
        local = [basis for basis, _ in bases.most_common() if basis and "/" in basis]
        return local[0].removeprefix("local:") if local else "UTC"

    @cached_property
    def view(self) -> View:
        """Findings and tables as the report sees them; Refused for a run that has not finished."""
        from forensics.report.view import view

        if not self._findings.is_file():
            raise Refused(f"{self.folder}: {_UNFINISHED}")
        findings = json.loads(self._findings.read_text("utf-8"))
        language = (self._run.get("languages") or ["ja"])[0]
        return view(findings, _Tables(self), language, self.zone)

    @property
    def _findings(self) -> Path:
        return self.folder / "report" / "findings.json"

    @cached_property
    def _run(self) -> Mapping[str, Any]:
        """What the custody log says of the last run; nothing where the folder came without it."""
        place = self.folder / cases.CUSTODY
        lines = place.read_text("utf-8").splitlines() if place.is_file() else []
        runs = [line for line in map(json.loads, lines) if line["event"] == "run"]
        return runs[-1] if runs else {}

    def _place(self, name: str) -> Path:
        return self.folder / "tables" / name / f"{name}.parquet"

    def _rows(self, name: str) -> int:
        from pyarrow import parquet

        place = self._place(name)
        return int(parquet.read_metadata(place).num_rows) if place.is_file() else 0

    def _moment(self, value: Any) -> pd.Timestamp:
        import pandas as pd

        moment = pd.Timestamp(value)
        return moment.tz_localize(self.zone) if moment.tzinfo is None else moment


@dataclass(frozen=True, slots=True)
class Plots:
    """Pictures of a case, as the report draws them."""

    case: OpenCase

    def bytes(self) -> Drawing:
        """What became of all bytes of each item; parts are never narrower than can be seen."""
        from forensics.report import bars, svg
        from forensics.report.amounts import share, size
        from forensics.report.front import unread_words

        view = self.case.view
        row, left, middle, right = 34, 92, 560, 170  # pixels
        out = svg.Picture("nb-bytes", left + middle + right, row * len(view.items) + 4, "", "")
        inner, said = [], []
        for number, item in enumerate(view.items):
            top = row * number + 2
            bar = bars.bar(f"nb-bytes{number}", item.id, item.coverage, view.words)
            inner.append(_placed(bar, left, top, middle))
            examined = share(item.coverage.get("examined", 0), item.size)
            out.text(0, top + 14, item.id, 12.5, bold=True)
            out.text(left + middle + 8, top + 14, f"{size(item.size)}  {examined}", 11.5)
            said.append(f"{item.id} {examined}")
            out.text(left, top + 29, unread_words(view, item), 10.5, svg.INK2)
        return _drawing(", ".join(said), out.width, out.height, [out.inside(), *inner])

    def timeline(self, *, zoom: bool = False) -> Drawing:
        """Lanes of hosts and media over the days round the window; zoom: the hours that matter most."""
        from forensics.report import lanes

        found = lanes.timelines(self.case.view)
        if found is None:
            raise Refused("no event of this case has a time")
        figure = found["figures"][-1 if zoom else 0]
        labels, chart = figure["labels"], figure["chart"]
        return _drawing(
            figure["title"],
            labels.width + chart.width,
            chart.height,
            [_placed(labels, 0, 0, labels.width), _placed(chart, labels.width, 0, chart.width)],
        )

    def matrix(self) -> Drawing:
        """Host × medium: seen, silent where the log covers the window, or not to be known."""
        from forensics.report import matrix, media

        cells = media.media_matrix(self.case.view)
        if cells is None:
            raise Refused("no host and no medium in this case")
        picture = matrix.picture("nb-matrix", cells, self.case.view.words)
        return _drawing(picture.title, picture.width, picture.height, [picture.inside()])

    def copies(self) -> Drawing:
        """Places with the same data: an arrow only where dates of both sides show a direction."""
        from forensics.report import sections

        picture = sections.same_data(self.case.view)["picture"]
        if picture is None:
            raise Refused("no two places of this case hold the same data")
        return _drawing(picture.title, picture.width, picture.height, [picture.inside()])


class _Tables(Mapping[str, "pa.Table"]):
    """The tables that the case has, each read when it is asked for, once."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._read:
            if not self._case._place(name).is_file():  # noqa: SLF001  # of this module
                raise KeyError(name)
            self._read[name] = self._case.arrow(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in schema.TABLES if self._case._place(table.name).is_file())  # noqa: SLF001

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _placed(picture: Picture, x: float, y: float, width: float) -> str:
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{picture.height}">{picture.inside()}</svg>'
    )


def _drawing(title: str, width: float, height: float, parts: list[str]) -> Drawing:
    from forensics.report.svg import FONTS, WHITE, plain

    ground = f'<rect width="{width}" height="{height}" fill="{WHITE}"/>'
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{FONTS}" role="img">'
        f"<title>{plain(title)}</title>{ground}{''.join(parts)}</svg>"
    )


_UNFINISHED = "未完了: 結論はまだない / not finished: no answer yet"
_SAID = {
    "ja": {
        "items": "{}点 {} バイト。表: {} 行。",
        "outside": "この表の外: ",
        "bytes": "{}の{}バイトは調べていない",
        "absent": "{}は提供されていない",
        "whole": "提供された証拠に、調べていないバイトはない",
    },
    "en": {
        "items": "{} items, {} bytes. Rows: {}. ",
        "outside": "Outside this table: ",
        "bytes": "{}: {} bytes were not examined",
        "absent": "{} was not supplied",
        "whole": "no byte of the evidence supplied was left unexamined",
    },
}
