"""Where the same data lies: a column per item, a box per place, a line per pair that is the same.

Solid: equal content; an arrow head only where dates of both sides show the order. Dashed: equal
name and size only, which does not show equal content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from forensics.report import svg
from forensics.report.words import Words

BOX, GAP_X, BOX_HEIGHT, GAP_Y, HEAD = 196, 36, 44, 26, 34  # pixels
BOXES = 24  # more are in the list beside the picture


@dataclass(frozen=True, slots=True)
class Place:
    """A place that holds data. key: its address; note: rows, time."""

    key: str
    item: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Two places with the same data. kind: ordered, same, name_only."""

    origin: str
    target: str
    kind: str


def picture(name: str, places: Sequence[Place], links: Sequence[Link], words: Words) -> svg.Picture:
    """Columns in order of first mention; at most BOXES boxes."""
    shown = places[:BOXES]
    items = list(dict.fromkeys(place.item for place in shown))
    rows: dict[str, int] = {}
    spots: dict[str, tuple[float, float]] = {}
    for place in shown:
        row = rows.get(place.item, 0)
        rows[place.item] = row + 1
        spots[place.key] = (
            items.index(place.item) * (BOX + GAP_X),
            HEAD + row * (BOX_HEIGHT + GAP_Y),
        )
    width = len(items) * (BOX + GAP_X) - GAP_X + 2
    height = HEAD + max(rows.values(), default=1) * (BOX_HEIGHT + GAP_Y)
    out = svg.Picture(name, width, height, words.ui("copies_figure"), words.ui("copies_desc"))
    for column, item in enumerate(items):
        middle = column * (BOX + GAP_X) + BOX / 2
        out.text(middle, 18, svg.fit(item, 24), 13, svg.INK, "middle", bold=True)
        last = HEAD + rows[item] * (BOX_HEIGHT + GAP_Y) - GAP_Y  # the lower edge of its last box
        out.line(middle, 26, middle, last, svg.PALE_RULE)
    drawn = [link for link in links if link.origin in spots and link.target in spots]
    for number, link in enumerate(drawn):
        _link(out, spots[link.origin], spots[link.target], link.kind, 6 + 3 * (number % 5))
    named_only = {link.target for link in links if link.kind == "name_only"}
    for place in shown:
        _box(out, place, spots[place.key], dashed=place.key in named_only)
    return out


def _box(out: svg.Picture, place: Place, spot: tuple[float, float], *, dashed: bool) -> None:
    x, y = spot
    if dashed:
        out.rect(x + 1, y, BOX, BOX_HEIGHT, svg.WHITE, svg.INK2, stroke_width=1.5,
                 stroke_dasharray="4 3", rx=2)  # fmt: skip
    else:
        out.rect(x + 1, y, BOX, BOX_HEIGHT, svg.PALE, svg.BLUE, stroke_width=1.5, rx=2)
    out.text(x + BOX / 2, y + 18, svg.fit(place.name, 25), 12, svg.INK, "middle", bold=True)
    out.text(x + BOX / 2, y + 35, svg.fit(place.note, 28), 11.5, svg.INK2, "middle")


def _link(
    out: svg.Picture,
    origin: tuple[float, float],
    target: tuple[float, float],
    kind: str,
    drop: float,
) -> None:
    """A line between two boxes, through the gaps beside and `drop` pixels below them, never over one."""
    (x1, y1), (x2, y2) = origin, target
    middle = BOX_HEIGHT / 2
    dashes = "5 4" if kind == "name_only" else None
    if x1 == x2:
        top, bottom = min(y1, y2) + BOX_HEIGHT, max(y1, y2)
        points = f"M{svg.number(x1 + 20)} {svg.number(top)}V{svg.number(bottom)}"
        head = (x1 + 20, bottom if y2 > y1 else top, 0, 1 if y2 > y1 else -1)
    else:
        side = 1 if x2 > x1 else -1
        start = x1 + (BOX + 1 if side > 0 else 1)
        end = x2 + (1 if side > 0 else BOX + 1)
        bend = end - side * (6 + drop)
        points = f"M{svg.number(start)} {svg.number(y1 + middle)}"
        if abs(x2 - x1) > BOX + GAP_X:  # boxes of other columns lie between
            points += (
                f"H{svg.number(start + side * (6 + drop))}V{svg.number(y1 + BOX_HEIGHT + drop)}"
            )
        points += f"H{svg.number(bend)}V{svg.number(y2 + middle)}H{svg.number(end)}"
        head = (end, y2 + middle, side, 0)
    out.add(
        "path", d=points, stroke=svg.INK if not dashes else svg.INK2, stroke_width=1.6,
        fill="none", stroke_dasharray=dashes,
    )  # fmt: skip
    if kind == "ordered":
        _head(out, *head)


def _head(out: svg.Picture, x: float, y: float, right: int, down: int) -> None:
    if right:
        shape = f"M{svg.number(x)} {svg.number(y)}l{-9 * right} -4.5v9z"
    else:
        shape = f"M{svg.number(x)} {svg.number(y)}l-4.5 {-9 * down}h9z"
    out.add("path", d=shape, fill=svg.INK)


def swatch(name: str, kind: str) -> Markup:
    """A sample of a link for the legend."""
    out = svg.Picture(name, 44, 14, "", "")
    out.line(0, 7, 34 if kind == "ordered" else 44, 7, svg.INK, 1.6,
             "5 4" if kind == "name_only" else None)  # fmt: skip
    if kind == "ordered":
        _head(out, 43, 7, 1, 0)
    return svg.decoration(out)
