"""SVG pictures from presentation attributes only: the same string serves the report and notebooks.

Neither scripts nor styles nor references out of the picture, so that the strictest Content
Security Policy holds. Every picture has a title and a description; ids begin with its name.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from forensics.report.names import cut, visible

INK, INK2, RULE, PALE_RULE = "#1B1B1F", "#4A4D57", "#C3C8D2", "#DDE0E6"
BLUE, LINE_BLUE, MID, PALE = "#1F4E8C", "#5C83B8", "#8FAED8", "#D6E2F3"
VERMILION, HATCH_GREY, WHITE = "#B8390E", "#6B7080", "#fff"
FONTS = "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,'Segoe UI',sans-serif"
# Outcome, or "unknown" for "cannot know" -> pattern size, path, stroke, stroke width, pixels.
HATCHES = {
    "locked": (6, "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", INK, 1.5),
    "unsupported": (6, "M-1 -1L7 7M-1 5L1 7M5 -1L7 1", INK, 1.5),
    "unreadable": (6, "M0 0L6 6M6 0L0 6", INK, 1.1),
    "timed_out": (5, "M2 0V6", INK, 1.6),
    "failed": (5, "M0 2H6", INK, 1.6),
    "skipped": (5, "M1.5 2.5H3.5", INK, 2),
    "partial": (7, "M-1 8L8 -1M-1 1.5L1.5 -1M5.5 8L8 5.5", HATCH_GREY, 1.1),
    "unknown": (7, "M-1 8L8 -1M-1 1.5L1.5 -1M5.5 8L8 5.5", HATCH_GREY, 1.1),
}


def number(value: float) -> str:
    """A coordinate: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def attributes(**values: str | float | None) -> str:
    """` name="value"` for each value that is not None; `_` in names stands for `-`."""
    return "".join(
        f' {name.replace("_", "-")}="{escape(value if isinstance(value, str) else number(value))}"'
        for name, value in values.items()
        if value is not None
    )


def plain(text: str) -> str:
    """Text of a picture: hidden characters as [U+202E], then escaped for XML."""
    return str(escape(visible(text, "[", "]")))


def fit(text: str, cells: int) -> str:
    """Text of a picture cut in its middle to `cells`, hidden characters counted as they are shown."""
    return cut(visible(text, "[", "]"), cells)


class Picture:
    """A picture under construction; str() and notebooks get the finished SVG.

    name: prefix of its ids, [A-Za-z0-9-]. Sizes in pixels. With `stretch` it has no view box
    and fills its column: x and width are then given by the caller in per cent, as text, so that
    hatches never scale.
    """

    def __init__(
        self,
        name: str,
        width: float,
        height: float,
        title: str,
        desc: str,
        *,
        stretch: bool = False,
    ) -> None:
        self.name, self.width, self.height = name, width, height
        self.title, self.desc, self.stretch = title, desc, stretch
        self._hatches: dict[str, str] = {}
        self._parts: list[str] = []

    def add(self, tag: str, **values: str | float | None) -> None:
        self._parts.append(f"<{tag}{attributes(**values)}/>")

    def rect(
        self,
        x: str | float,
        y: float,
        width: str | float,
        height: float,
        fill: str = WHITE,
        stroke: str | None = None,
        **more: str | float | None,
    ) -> None:
        self.add(
            "rect", x=x, y=y, width=width, height=height, fill=fill, stroke=stroke,
            stroke_width=more.pop("stroke_width", 1 if stroke else None), **more,
        )  # fmt: skip

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 1,
        dashes: str | None = None,
    ) -> None:  # fmt: skip
        self.add(
            "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width,
            stroke_dasharray=dashes,
        )  # fmt: skip

    def text(
        self, x: float, y: float, text: str, size: float = 11.5, fill: str = INK,
        anchor: str | None = None, *, bold: bool = False, turn: str | None = None,
    ) -> None:  # fmt: skip
        values = attributes(
            x=x, y=y, font_size=size, fill=fill, text_anchor=anchor,
            font_weight="700" if bold else None, transform=turn,
        )  # fmt: skip
        self._parts.append(f"<text{values}>{plain(text)}</text>")

    def hatch(self, kind: str) -> str:
        """The fill that means `kind`: an outcome that is not `examined`, or `unknown`."""
        if kind not in self._hatches:
            size, path, stroke, width = HATCHES[kind]
            self._hatches[kind] = (
                f'<pattern id="{self.name}-{kind}" width="{size}" height="{size}" '
                f'patternUnits="userSpaceOnUse"><rect width="{size}" height="{size}" fill="#fff"/>'
                f'<path d="{path}" stroke="{stroke}" stroke-width="{width}"/></pattern>'
            )
        return f"url(#{self.name}-{kind})"

    def __str__(self) -> str:
        box = (
            attributes(width=self.width, height=self.height)
            if self.stretch
            else attributes(
                viewBox=f"0 0 {number(self.width)} {number(self.height)}",
                width=self.width,
                height=self.height,
            )
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{"pb" if self.stretch else "pic"}"'
            f'{box} role="img" aria-labelledby="{self.name}-t {self.name}-d" '
            f'font-family="{escape(FONTS)}">'
            f'<title id="{self.name}-t">{plain(self.title)}</title>'
            f'<desc id="{self.name}-d">{plain(self.desc)}</desc>'
            f"{self.inside()}</svg>"
        )

    def inside(self) -> str:
        """What stands in the picture, patterns first."""
        defs = "".join(self._hatches.values())
        return (f"<defs>{defs}</defs>" if defs else "") + "".join(self._parts)

    __html__ = __str__  # templates take it as it is
    _repr_svg_ = __str__  # and so do notebooks


# The marks of verdicts: squares, never circles or ticks.
_FRAME = f'<rect x="2.9" y="2.9" width="14.2" height="14.2" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'
MARKS = {
    "confirmed": f'<rect x="2" y="2" width="16" height="16" fill="{INK}"/>',
    "no_trace": _FRAME,
    "refuted": f'{_FRAME}<rect x="2.9" y="7.4" width="14.2" height="5.2" fill="{INK}"/>',
    "undetermined": (
        f'{_FRAME}<path d="M3 9.2L9.2 3M3 17L17 3M10.8 17L17 10.8" stroke="{INK}" stroke-width="1.9"/>'
    ),
    "not_examined": (
        f'<rect x="3" y="3" width="14" height="14" fill="#fff" stroke="{INK2}" '
        'stroke-width="1.6" stroke-dasharray="2.6 2.06"/>'
    ),
    # How grave a mismatch is: the fuller, the graver.
    "breach": f'<rect x="2" y="2" width="16" height="16" fill="{INK}"/>',
    "gap": f'{_FRAME}<rect x="2.9" y="2.9" width="7.1" height="14.2" fill="{INK}"/>',
    "clerical": _FRAME,
}


def mark(verdict: str, size: int = 18, label: str | None = None) -> Markup:
    """The mark of a verdict; with `label` where no word stands beside it."""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(  # noqa: S704  # of our own constants, the label is escaped
        f'<svg class="mk" viewBox="0 0 20 20" width="{size}" height="{size}" {said}>'
        f"{MARKS.get(verdict, MARKS['not_examined'])}</svg>"
    )


def decoration(picture: Picture) -> Markup:
    """A picture that says nothing that the text beside it does not say: hidden from readers."""
    box = f"0 0 {number(picture.width)} {number(picture.height)}"
    size = attributes(width=picture.width, height=picture.height, viewBox=box)
    return Markup(  # noqa: S704  # a Picture escapes what it is given
        f'<svg class="mk"{size} aria-hidden="true">{picture.inside()}</svg>'
    )
