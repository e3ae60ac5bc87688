"""A fact as one sentence of HTML, by its kind: names from evidence isolated, codes as words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from forensics.report.amounts import count
from forensics.report.names import address_html, cut, name_html
from forensics.report.times import Clock, Span, hull, parse
from forensics.report.words import Words
from forensics.values import decode_name

Fact = Mapping[str, Any]
PATH_CELLS = 72  # a longer path is cut in its middle; the address below it has it whole
SENSITIVE = frozenset({"welfare_flag", "tax_amount", "my_number", "health_insured", "care_insured"})


def span_of(fact: Fact) -> Span:
    """When a fact was: the hull of its times; an end that is not known stays open."""
    kind = fact["kind"]
    if kind == "session":
        first, last = parse(fact.get("from")), parse(fact.get("until"))
        return Span(first.start, last.until)
    if kind in ("connection", "horizon"):
        return hull(parse(fact.get("first")), parse(fact.get("last")))
    return parse(fact.get("time"))


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells facts in one language and zone."""

    words: Words
    clock: Clock

    def name(self, text: Any, cells: int = PATH_CELLS) -> Markup:
        return name_html(cut(str(text or ""), cells), self.words.ui("nameless"))

    def path(self, text: str | None) -> Markup:
        return self.name(decode_name(text or ""))

    def place(self, fact: Fact) -> Markup:
        """Evidence and path, or volume, or evidence alone."""
        inner = fact.get("path") or fact.get("volume")
        if not inner:
            return self.name(fact["evidence"])
        return Markup("{} {}").format(self.name(fact["evidence"]), self.path(inner))

    def when(self, span: Span) -> str:
        return self.clock.span(span) if span.dated else self.words.ui("persons_unknown")

    def arrivals(self, fact: Fact) -> str:
        """First and last of a connection, and what is known between: no range is said from end to end."""
        first, last = parse(fact.get("first")), parse(fact.get("last"))
        used = [parse(when) for when in fact.get("used", ())]
        if used and first not in used and last not in used:
            told = {"first": first, "used": hull(*used), "last": last}
            return self.words.ui(
                "first_used_last", **{key: self.when(span) for key, span in told.items()}
            )
        if first == last or not (first.dated and last.dated):
            return self.when(hull(first, last))
        return self.words.ui("first_last", first=self.when(first), last=self.when(last))

    def persons(self, number: int | None, kinds: Any = ()) -> str:
        if number is None:
            return self.words.ui("persons_unknown")
        if 0 < number < 10 and SENSITIVE.intersection(kinds or ()):
            return self.words.ui("under_ten")
        return count(number)

    def persons_words(self, number: int | None, kinds: Any = ()) -> str:
        said = self.persons(number, kinds)
        return self.words.ui("persons_n", n=said) if number is not None else said

    def reason(self, code: str, otherwise: str) -> Markup | str:
        """Words of a reason; one without words stands as it is, small, behind other words."""
        said = self.words.reason(code)
        if said != code or not code:
            return said or otherwise
        return Markup('{} <span class="code">{}</span>').format(otherwise, code)

    def sentence(self, fact: Fact) -> Markup:
        """One sentence; a kind or key that is not known is still said, never dropped."""
        tell = _KINDS.get(fact["kind"], _other)
        key, values = tell(self, fact)
        template = Markup(self.words.word("sentence", key))  # noqa: S704  # our own words
        return template.format(**{name: escape(value) for name, value in values.items()})


Told = tuple[str, dict[str, Any]]


def said(value: bool | None) -> str:
    """The code of true, false and nothing-to-compare."""
    return "null" if value is None else str(value).lower()


def _digest(tell: Teller, fact: Fact) -> Told:
    match = said(fact.get("match"))
    against = fact.get("against") or "none"
    key = f"digest_{match}"
    if match == "null" and against != "none":
        key = "digest_uncompared"
    elif against == "none":
        key = "digest_null" if fact.get("sha256") else "digest_unread"
    return key, {
        "evidence": tell.name(fact["evidence"]),
        "against": tell.words.word("against", against),
    }


def _volume(tell: Teller, fact: Fact) -> Told:
    return "volume", {
        "evidence": tell.name(fact["evidence"]),
        "volume": fact.get("volume") or "–",
        "filesystem": fact.get("filesystem") or tell.words.ui("persons_unknown"),
        "state": tell.words.word("outcome", fact.get("state")) or "–",
        "serial": fact.get("serial") or "–",
    }


def _personal_data(tell: Teller, fact: Fact) -> Told:
    kinds = fact.get("kinds") or []
    said = tell.persons(fact.get("persons"), kinds)
    if tell.words.language == "en":
        said = tell.persons_words(fact.get("persons"), kinds)
    return "personal_data", {
        "place": tell.place(fact),
        "state": tell.words.word("state", fact.get("state")),
        "kinds": tell.words.listed([tell.words.word("kind", kind) for kind in kinds]) or "–",
        "persons": said,
    }


def _register_match(tell: Teller, fact: Fact) -> Told:
    share = fact.get("share")
    english = tell.words.language == "en"
    number = fact.get("persons")
    return "register_match_bare" if share is None else "register_match", {
        "place": tell.place(fact),
        "state": tell.words.word("state", fact.get("state")),
        "persons": tell.persons_words(number) if english else tell.persons(number),
        "share": f"{100 * (share or 0):.1f} %",
        "extract": tell.words.word("extract", fact.get("extract") or "unknown"),
    }


def _copy(tell: Teller, fact: Fact) -> Told:
    return "copy", {
        "origin": address_html(fact["from"], PATH_CELLS),
        "target": address_html(fact["to"], PATH_CELLS),
        "basis": tell.words.word("basis", fact.get("basis")),
        "persons": tell.persons_words(fact.get("persons")),
        "order": tell.words.ui("order_known" if fact.get("order_known") else "order_unknown"),
    }


def _sent(tell: Teller, fact: Fact) -> Told:
    return "sent", {
        "place": tell.place(fact),
        "method": tell.words.word("method", fact.get("method") or "unknown"),
        "time": tell.when(span_of(fact)),
    }


def medium_name(fact: Fact) -> str:
    """What a medium is called: its label, else its serial, else its volume serial."""
    return str(
        fact.get("medium")
        or fact.get("label")
        or fact.get("medium_serial")
        or fact.get("volume_serial")
        or ""
    )


def registered(words: Words, value: bool | None) -> str:
    return words.word("registered", said(value))


def _connection(tell: Teller, fact: Fact) -> Told:
    name = tell.name(medium_name(fact))
    serial = fact.get("medium_serial")
    if serial and serial != medium_name(fact):
        name = Markup('{} <span class="code">{}</span>').format(name, tell.name(serial))
    return "connection", {
        "medium": name,
        "host": tell.name(fact["host"]),
        "registered": registered(tell.words, fact.get("registered")),
        "time": tell.arrivals(fact),
    }


def _open(tell: Teller, fact: Fact) -> Told:
    return "open", {
        "host": tell.name(fact["host"]),
        "path": tell.path(fact.get("path")),
        "account": tell.name(fact.get("account") or "–"),
        "time": tell.when(span_of(fact)),
    }


def _session(tell: Teller, fact: Fact) -> Told:
    return "session", {
        "host": tell.name(fact["host"]),
        "account": tell.name(fact.get("account") or "–"),
        "time": tell.when(span_of(fact)),
    }


def _horizon(tell: Teller, fact: Fact) -> Told:
    key = "horizon_absent" if fact.get("present") is False else "horizon"
    return "horizon_off" if fact.get("log") == "host_off" else key, {
        "host": tell.name(fact["host"]),
        "log": tell.name(tell.words.log(fact.get("log") or "–")),
        "time": tell.when(span_of(fact)),
        "covers": tell.words.word("covering", fact.get("covers_window") or "unknown"),
    }


def sign(fact: Fact) -> str | None:
    """The word of a sign of tampering."""
    return "eraser" if "program" in fact else fact.get("what")


def _tamper(tell: Teller, fact: Fact) -> Told:
    when = span_of(fact)
    key = "tamper" if when.dated else "tamper_undated"
    return "clock_served" if fact.get("by_service") else key, {
        "subject": tell.name(fact["subject"]),
        "what": tell.words.word("tamper", sign(fact)),
        "time": tell.when(when),
    }


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:+g}"


def _clock(tell: Teller, fact: Fact) -> Told:
    return "clock_zones" if fact.get("source") == "zones" else "clock", {
        "host": tell.name(fact["host"]),
        "low": _seconds(fact.get("seconds_min")),
        "high": _seconds(fact.get("seconds_max")),
        "source": tell.words.word("clock_source", fact.get("source")) or "–",
    }


def row_of(words: Words, fact: Fact) -> str:
    return "" if fact.get("row") is None else words.ui("row_n", n=fact["row"])


def _mismatch(tell: Teller, fact: Fact) -> Told:
    return "mismatch", {
        "what": tell.words.word("mismatch", fact.get("what")),
        "subject": tell.name(fact.get("subject") or "–"),
        "paper": tell.words.word("paper", fact.get("paper")) or "–",
        "row": row_of(tell.words, fact),
    }


def _paper(tell: Teller, fact: Fact) -> Told:
    matched = said(fact.get("matched"))
    return "paper", {
        "paper": tell.words.word("paper", fact.get("paper")),
        "row": row_of(tell.words, fact),
        "state": tell.words.word("matched", matched),
    }


def _erasure(tell: Teller, fact: Fact) -> Told:
    return "erasure", {
        "subject": tell.name(fact["subject"]),
        "method": fact.get("method") or "–",
        "checked": count(fact.get("bytes_checked") or 0),
        "against": count(fact.get("bytes_contradicting") or 0),
    }


def _protection(tell: Teller, fact: Fact) -> Told:
    if "files" in fact:
        return "protection_open", {"evidence": tell.name(fact["evidence"]), "files": count(fact["files"])}  # fmt: skip
    return "protection", {
        "place": tell.place(fact),
        "method": fact.get("method") or "–",
        "baseline": tell.words.ui(f"baseline_{fact.get('baseline') or 'none'}"),
    }


def _locked(tell: Teller, fact: Fact) -> Told:
    return "locked_known" if fact.get("known") else "locked", {
        "place": tell.place(fact),
        "bytes": count(fact.get("bytes") or 0),
        "method": fact.get("method") or tell.words.ui("persons_unknown"),
    }


def _unexamined(tell: Teller, fact: Fact) -> Told:
    kind = tell.words.word("class", fact.get("class"))
    state = tell.words.word("outcome", fact.get("state"))
    return "unexamined", {
        "evidence": tell.name(fact["evidence"]),
        "bytes": count(fact.get("bytes") or 0),
        "kind": tell.words.listed([kind, state] if kind and kind != state else [state]),
        "reason": tell.reason(str(fact.get("reason") or ""), state),
    }


def _other(tell: Teller, fact: Fact) -> Told:
    rest = ", ".join(
        f"{key} {value}"
        for key, value in sorted(fact.items())
        if key not in ("id", "kind", "addresses")
    )
    return "other", {"kind": fact["kind"], "rest": tell.name(rest, 200)}


_KINDS: dict[str, Callable[[Teller, Fact], Told]] = {
    "digest": _digest,
    "volume": _volume,
    "personal_data": _personal_data,
    "register_match": _register_match,
    "copy": _copy,
    "sent": _sent,
    "connection": _connection,
    "open": _open,
    "session": _session,
    "horizon": _horizon,
    "tamper": _tamper,
    "clock": _clock,
    "mismatch": _mismatch,
    "paper": _paper,
    "erasure": _erasure,
    "protection": _protection,
    "locked": _locked,
    "unexamined": _unexamined,
}
