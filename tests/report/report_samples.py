"""Invented findings and tables: the case of the mock-ups, and cases that try to break a report."""

from __future__ import annotations

import copy
import datetime as dt
from types import SimpleNamespace
from typing import Any

from forensics import schema
from forensics.report.findings import fact_id
from forensics.report.words import GROUPS
from forensics.values import Interval

JST = dt.timezone(dt.timedelta(hours=9))
SECOND = 1_000_000
TOPICS = {
    "Q01": "leak", "Q02": "evidence_intact", "Q03": "data_on_medium", "Q04": "changed_after_loss",
    "Q05": "accessed_after_loss", "Q06": "copied_elsewhere", "Q07": "sent_out",
    "Q08": "source_of_data", "Q09": "who_connected", "Q10": "who_used", "Q11": "opened_files",
    "Q12": "unregistered_media", "Q13": "server_accessed", "Q14": "logs_cover", "Q15": "tampered",
    "Q16": "papers_agree", "Q17": "rules_followed", "Q18": "erased", "Q19": "still_held",
    "Q20": "fully_examined", "Q21": "persons", "Q22": "threshold", "Q23": "encrypted",
    "Q24": "protection_unchanged", "Q25": "same_extract",
}  # fmt: skip
SIZES = {
    "USB1": 30_752_636_928,
    "PC1": 512_110_190_592,
    "PC2": 256_060_514_304,
    "SV1": 2_000_398_934_016,
}
EVTX = "/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%254Diagnostic.evtx"
HOSTILE = (
    "<script>alert(1)</script>.csv",
    "invoice\u202efdp.exe",
    "👨\u200d👩\u200d👧\u200d👦家族.txt",
    "a" * 200,
    "住民" * 100 + ".xlsx",
    "改\n行\t区切り\0.log",
    'x"onload="alert(1)',
    "ﾊﾝｶｸｶﾅ名簿.TXT",
    "名簿-العربية-עברית.csv",
    "%E4%BD%8F%E6%B0%91.csv",
    "",
    "=cmd|' /C calc'!A0",
    "&amp;<b>",
)


def at(text: str) -> int:
    """Microseconds of a JST wall clock, `06-17 17:00:12` of 2025."""
    moment = dt.datetime.fromisoformat(f"2025-{text}").replace(tzinfo=JST)
    return round(moment.timestamp() * SECOND)


def iso(micros: int) -> str:
    return dt.datetime.fromtimestamp(micros / SECOND, dt.UTC).isoformat()


def when(start: str, until: str | None = None, width: int = 1) -> dict[str, str]:
    first = at(start)
    return {"from": iso(first), "until": iso(at(until) if until else first + width * SECOND)}


def span(start: str, until: str | None = None, width: int = 1) -> Interval:
    first = at(start)
    return Interval(first, at(until) if until else first + width * SECOND, "utc")


def fact(kind: str, addresses: list[str], **keys: Any) -> dict[str, Any]:
    body = {"kind": kind, "addresses": addresses, **keys}
    return {**body, "id": fact_id(body)}


def answer(question: str, subject: str, verdict: str, **keys: Any) -> dict[str, Any]:
    base = {
        "question": question, "topic": TOPICS[question], "subject": subject, "verdict": verdict,
        "confidence": None if verdict in ("undetermined", "not_examined") else "C4",
        "reasons": ["LOCKED"] if verdict == "undetermined" else [], "lawful": None,
        "statement": {"ja": f"{subject}の{question}の答え。", "en": f"The answer of {subject} to {question}."},
        "facts": [], "limits": [], "would_change": [],
    }  # fmt: skip
    return {**base, **keys}


def coverage(size: int, **parts: int) -> dict[str, int]:
    names = ("locked", "unsupported", "unreadable", "failed", "timed_out", "skipped")
    out = {name: parts.get(name, 0) for name in names}
    return {"examined": size - sum(out.values()), **out}


def item(name: str, role: str, size: int, **parts: int) -> dict[str, Any]:
    return {
        "id": name, "role": role, "size": size, "sha256": "ab" * 32,
        "verified": True, "coverage": coverage(size, **parts),
    }  # fmt: skip


def facts() -> dict[str, dict[str, Any]]:
    """The facts of the invented case, by a short name."""
    listing = "USB1:p1:/給付/対象者一覧_0617.csv"
    return {
        "digest": fact("digest", ["USB1@0+30752636928"], evidence="USB1", sha256="ab" * 32,
                       against="declared", match=True),
        "match": fact("register_match", [f"{listing}@0+3211264"], evidence="USB1",
                      path="/給付/対象者一覧_0617.csv", state="allocated", persons=12466, share=0.999,
                      extract="same"),
        "data": fact("personal_data", [listing], evidence="USB1", path="/給付/対象者一覧_0617.csv",
                     state="allocated", kinds=["name", "address", "birth_date", "bank_account"],
                     persons=12480),
        "usb1": fact("connection", [f"PC1:p2:{EVTX}@69632+2184", "PC1:p2:/Windows/System32/config/SYSTEM"],
                     host="PC1", medium_serial="4C530001", volume_serial="1A2B3C4D", label="USB1",
                     first=when("06-17 17:00:12"), last=when("06-17 17:00:12"), account="gyomu01",
                     registered=True),
        "usb2": fact("connection", [f"PC1:p2:{EVTX}@71816+2184"], host="PC1",
                     medium_serial="AA00112233", volume_serial=None, label="USB2",
                     first=when("06-17 17:20:31"), last=when("06-17 17:20:31"), account="gyomu01",
                     registered=False),
        "usb4": fact("connection", [f"PC2:p3:{EVTX}@1+2184"], host="PC2",
                     medium_serial="BB00112233", volume_serial=None, label="USB4",
                     first=when("06-25 09:12:03"), last=when("06-25 09:12:03"), account=None,
                     registered=True),
        "open": fact("open", ["PC1:p2:/Users/gyomu01/Recent/対象者一覧_0617.lnk"], host="PC1",
                     medium="USB1", path="/給付/対象者一覧_0617.csv", time=when("06-17 17:05:31"),
                     account="gyomu01", source="lnk"),
        "open2": fact("open", ["PC1:p2:/Users/gyomu01/Recent/対象者一覧.lnk"], host="PC1",
                      medium=None, path="/対象者一覧_0617.csv", time=when("06-17 17:22:10"),
                      account="gyomu01", source="lnk"),
        "session": fact("session", ["PC1:p2:/Windows/System32/winevt/Logs/Security.evtx@4096+900"],
                        host="PC1", account="gyomu01", **{"from": when("06-17 09:01:10"),
                        "until": when("06-17 19:25:00")}, source="security"),
        "copy": fact("copy", ["PC1:p2:/$Recycle.Bin/S-1-5-21-1001/$RK3F2Q1.csv", listing],
                     dataset="ab" * 32, **{"from": listing, "to": "PC1:p2:/$Recycle.Bin/S-1-5-21-1001/$RK3F2Q1.csv"},
                     basis="digest", method="file", persons=12480, time=when("06-17 16:58:40"),
                     order_known=False),
        "copy2": fact("copy", ["SV1:p1:/srv/out/対象者一覧_0617.csv", listing], dataset="ab" * 32,
                      **{"from": "SV1:p1:/srv/out/対象者一覧_0617.csv", "to": listing}, basis="digest",
                      method="file", persons=12480, time=when("06-17 17:04:10"), order_known=True),
        "copy3": fact("copy", ["PC1:p2:/Users/gyomu01/Recent/対象者一覧.lnk"], dataset="name",
                      **{"from": listing, "to": "USB2:p1:/対象者一覧_0617.csv"}, basis="name_size",
                      method="unknown", persons=None, time=None, order_known=False),
        "locked": fact("locked", ["PC2@148176371712+107374182400"], evidence="PC2", volume="p4",
                       method="BitLocker", bytes=107374182400),
        "unexamined": fact("unexamined", ["PC2@4096+49152"], evidence="PC2", state="unreadable",
                           bytes=49152, reason="UNREADABLE", **{"class": "content"}),
        "short": fact("horizon", [f"PC2:p3:{EVTX}"], host="PC2", log="Partition/Diagnostic",
                      first=when("06-24 14:05:22"), last=when("07-02 10:00:00"), gaps=0,
                      covers_window="no"),
        "covers": fact("horizon", [f"PC1:p2:{EVTX}"], host="PC1", log="Partition/Diagnostic",
                       first=when("03-02 08:00:00"), last=when("07-02 10:00:00"), gaps=0,
                       covers_window="yes"),
        "clock": fact("clock", ["PC1:p2:/Windows/System32/config/SYSTEM"], host="PC1",
                      seconds_min=-3.0, seconds_max=2.5, source="ntp"),
        "without": fact("mismatch", [f"PC1:p2:{EVTX}@71816+2184", "papers:/take_out.csv"],
                        what="connected_without_takeout", paper="take_out", row=None, subject="USB2",
                        time=when("06-17 17:20:31")),
        "return": fact("mismatch", ["papers:/take_out.csv!~row:14"], what="not_returned",
                       paper="take_out", row=14, subject="USB1", time=when("06-17 16:30:00", width=60)),
        "capacity": fact("mismatch", ["papers:/media.csv!~row:7"], what="capacity_differs",
                         paper="media_register", row=7, subject="USB1", time=None),
        "paper": fact("paper", ["papers:/take_out.csv!~row:14"], paper="take_out", row=14,
                      matched=True),
        "volume": fact("volume", ["USB1:p1"], evidence="USB1", volume="p1", filesystem="exfat",
                       state="examined", serial="1A2B3C4D", label="USB1"),
        "erasure": fact("erasure", ["papers:/erasure.csv!~row:2"], subject="USB3", method="overwrite",
                        bytes_checked=0, bytes_contradicting=0),
        "protection": fact("protection", ["USB1:p1"], evidence="USB1", volume="p1", method="none",
                           baseline=None),
        "tamper": fact("tamper", ["PC2:p3:/Windows/System32/winevt/Logs/Security.evtx@0+99"],
                       subject="PC2", what="log_cleared", time=when("06-24 14:05:20")),
        "sent": fact("sent", ["SV1:p1:/var/log/xferlog@77+90"], evidence="SV1",
                     path="/srv/out/対象者一覧_0617.csv", method="unknown", recipient_token="t-1",
                     time=when("06-17 16:55:03")),
    }  # fmt: skip


def findings() -> dict[str, Any]:
    """The findings of the invented case: four items, 25 questions."""
    known = facts()
    ids = {name: value["id"] for name, value in known.items()}
    verdicts = {
        "Q01": "undetermined", "Q02": "undetermined", "Q03": "confirmed", "Q04": "undetermined",
        "Q05": "undetermined", "Q06": "undetermined", "Q07": "undetermined", "Q08": "confirmed",
        "Q09": "confirmed", "Q10": "undetermined", "Q11": "undetermined", "Q12": "confirmed",
        "Q13": "no_trace", "Q14": "refuted", "Q15": "undetermined", "Q16": "refuted",
        "Q17": "refuted", "Q18": "not_examined", "Q19": "confirmed", "Q20": "refuted",
        "Q21": "undetermined", "Q22": "confirmed", "Q23": "refuted", "Q24": "undetermined",
        "Q25": "confirmed",
    }  # fmt: skip
    used = {
        "Q02": ["digest", "unexamined"], "Q03": ["match", "data"], "Q05": ["usb1", "covers", "short"],
        "Q06": ["copy", "copy3", "locked"], "Q08": ["copy2", "sent"], "Q09": ["usb1", "usb4"],
        "Q11": ["open", "open2"], "Q12": ["usb2", "without"], "Q14": ["short", "covers"],
        "Q15": ["tamper"], "Q16": ["without", "return", "capacity"], "Q17": ["return"],
        "Q19": ["match", "copy"], "Q20": ["locked", "unexamined"], "Q21": ["match"], "Q22": ["match"],
        "Q23": ["data"], "Q25": ["copy", "copy2"],
    }  # fmt: skip
    answers = [
        answer(question, "case", verdict, facts=[ids[name] for name in used.get(question, ())])
        for question, verdict in verdicts.items()
    ]
    answers[0] |= {
        "reasons": ["OUTSIDE_EVIDENCE", "LOCKED", "HORIZON_SHORT"],
        "statement": {
            "ja": "2本目のUSBメモリー(USB2)が提供されず、コールセンター端末(PC2)に開けない領域と記録の欠けがあるため、"
            "個人情報が権限のない者に渡ったかどうかは判断できない。",
            "en": "Whether personal data reached someone not entitled cannot be determined, because a second USB "
            "stick (USB2) was not supplied, and the call-centre PC (PC2) has an area that could not be opened and "
            "a gap in its logs.",
        },
        "facts": [ids[name] for name in ("digest", "match", "usb1", "usb2", "short")],
        "limits": ["READ_LEAVES_NO_TRACE", "OUTSIDE_EVIDENCE"],
        "would_change": [
            {"ja": "USB2の現物", "en": "USB2 itself"},
            {"ja": "PC2のDドライブの回復キー", "en": "the recovery key of drive D: of PC2"},
            "HORIZON_SHORT",
        ],
    }
    answers[4] |= {
        "reasons": ["READ_LEAVES_NO_TRACE", "HORIZON_SHORT"],
        "would_change": ["HORIZON_SHORT"],
    }
    answers[23] |= {"reasons": ["NO_BASELINE"], "would_change": ["NO_BASELINE"]}
    answers[11] |= {"lawful": False}
    for subject, verdict in (("USB1", "no_trace"), ("USB2", "not_examined")):
        answers.append(answer("Q04", subject, verdict))
    for subject, verdict in (
        ("USB1", "undetermined"),
        ("PC1", "no_trace"),
        ("PC2", "undetermined"),
        ("USB2", "not_examined"),
    ):
        answers.append(
            answer("Q05", subject, verdict, facts=[ids["covers"]] if subject == "PC1" else [])
        )
    for subject, verdict in (
        ("USB1", "confirmed"),
        ("PC1", "confirmed"),
        ("PC2", "undetermined"),
        ("SV1", "confirmed"),
    ):
        answers.append(answer("Q02", subject, verdict, facts=[ids["digest"]]))
    for subject, verdict in (
        ("PC1×USB1", "confirmed"),
        ("PC1×USB2", "confirmed"),
        ("PC2×USB1", "undetermined"),
    ):
        answers.append(answer("Q09", subject, verdict, facts=[ids["usb1"]]))
    for subject, verdict in (("PC1", "confirmed"), ("PC2", "refuted"), ("SV1", "confirmed")):
        answers.append(answer("Q14", subject, verdict, facts=[ids["covers"]]))
    answers.append(answer("Q16", "papers", "refuted", facts=[ids["return"]]))
    answers.append(answer("Q18", "papers", "not_examined"))
    return {
        "schema": "forensics-findings/1",
        "case": {
            "id": "S-0001", "title": "住民情報を入れたUSBメモリーの紛失",
            "window": {"from": iso(at("06-17 19:30:00")), "until": iso(at("06-20 11:40:00"))},
            "pipeline": "leak_check", "software": "forensic-leak-check 0.1.0",
        },
        "evidence": [
            item("USB1", "medium", SIZES["USB1"]),
            item("PC1", "pc", SIZES["PC1"]),
            item("PC2", "pc", SIZES["PC2"], locked=107_374_182_400, unsupported=8_589_934_592,
                 unreadable=49_152, timed_out=402_653_184),
            item("SV1", "server", SIZES["SV1"]),
        ],
        "answers": answers,
        "facts": list(known.values()),
        "persons": {"at_least": 12466, "at_most": 12480, "at_most_overall": 12480},
    }  # fmt: skip


def ledger_rows() -> list[dict[str, Any]]:
    """Runs that tile the four items, with the bytes not examined where findings say so."""
    out: list[dict[str, Any]] = []

    def tile(evidence: str, parts: list[tuple[str, str, float | int]]) -> None:
        size, start = SIZES[evidence], 0
        for number, (class_, outcome, part) in enumerate(parts):
            length = part if isinstance(part, int) else int(size * part)
            if number == len(parts) - 1:
                length = size - start
            out.append({"evidence": evidence, "volume": "p1", "start": start, "length": length,
                        "class": class_, "outcome": outcome, "state": "allocated"})  # fmt: skip
            start += length

    tile("USB1", [("unpartitioned", "examined", 1 << 20), ("metadata", "examined", 1 << 26),
                  ("content", "examined", 0.012), ("slack", "examined", 1 << 20), ("unallocated", "examined", 0)])  # fmt: skip
    tile("PC1", [("unpartitioned", "examined", 1 << 20), ("metadata", "examined", 0.01),
                 ("content", "examined", 0.37), ("slack", "examined", 0.005), ("unallocated", "examined", 0)])  # fmt: skip
    tile("PC2", [("metadata", "examined", 0.01), ("content", "examined", 0.2),
                 ("content", "unreadable", 49_152), ("content", "unsupported", 8_589_934_592),
                 ("content", "timed_out", 402_653_184), ("content", "examined", 0.1),
                 ("locked", "locked", 107_374_182_400), ("unallocated", "examined", 0)])  # fmt: skip
    tile(
        "SV1",
        [
            ("metadata", "examined", 0.02),
            ("content", "examined", 0.3),
            ("unallocated", "examined", 0),
        ],
    )
    return out


def tables() -> dict[str, Any]:
    """The tables of the invented case."""
    rows: dict[str, list[dict[str, Any]]] = {
        "evidence": [
            {"evidence": "USB1", "role": "medium", "label": "紛失したUSBメモリー", "container": "ewf", "segments": 1,
             "size": SIZES["USB1"], "serial": "4C530001"},
            {"evidence": "PC1", "role": "pc", "label": "業務端末(受託者の事務所)", "container": "ewf", "segments": 64,
             "size": SIZES["PC1"]},
            {"evidence": "PC2", "role": "pc", "label": "コールセンター端末", "container": "raw", "segments": 1,
             "size": SIZES["PC2"]},
            {"evidence": "SV1", "role": "server", "label": "給付金サーバー", "container": "split_raw", "segments": 20,
             "size": SIZES["SV1"]},
        ],
        "ledger": ledger_rows(),
        "horizons": [
            {"evidence": "PC1", "host": "GYOMU-PC1", "log": "Partition/Diagnostic", "family": "storage",
             "present": True, "first": span("03-02 08:00:00"), "last": span("07-02 10:00:00"), "records": 812,
             "gaps": 0, "covers_window": "yes"},
            {"evidence": "PC1", "host": "GYOMU-PC1", "log": "Security", "family": "security", "present": True,
             "first": span("06-10 08:00:00"), "last": span("07-02 10:00:00"), "records": 90122, "gaps": 0,
             "covers_window": "yes"},
            {"evidence": "PC1", "host": "GYOMU-PC1", "log": "Recent", "family": "shell", "present": True,
             "first": span("01-10 08:00:00"), "last": span("07-02 10:00:00"), "records": 133, "gaps": 0,
             "covers_window": "yes"},
            {"evidence": "PC2", "host": "CALL-PC2", "log": "Partition/Diagnostic", "family": "storage",
             "present": True, "first": span("06-24 14:05:22"), "last": span("07-02 10:00:00"), "records": 12,
             "gaps": 0, "covers_window": "no", "reason": "HORIZON_SHORT"},
            {"evidence": "PC2", "host": "CALL-PC2", "log": "Security", "family": "security", "present": True,
             "first": span("06-12 08:00:00"), "last": span("06-18 13:10:00"), "records": 900, "gaps": 1,
             "covers_window": "part", "reason": "LOG_GAP"},
            {"evidence": "SV1", "host": "kyufu", "log": "auth.log", "family": "security", "present": True,
             "first": span("05-20 00:00:00"), "last": span("07-03 08:00:00"), "records": 5000, "gaps": 0,
             "covers_window": "yes"},
            {"evidence": "SV1", "host": "kyufu", "log": "xferlog", "family": "net", "present": True,
             "first": span("05-20 00:00:00"), "last": span("07-03 08:00:00"), "records": 500, "gaps": 0,
             "covers_window": "yes"},
        ],
        "connections": [
            {"host": "PC1", "medium": "USB1", "medium_serial": "4C530001", "first": span("06-17 17:00:12"),
             "last": span("06-17 17:00:12"), "removed": span("06-17 19:12:40"), "sources": ["evtx", "usbstor"],
             "registered": True},
            {"host": "PC1", "medium": None, "medium_serial": "AA00112233", "first": span("06-17 17:20:31"),
             "last": span("06-17 17:20:31"), "removed": span("06-17 17:41:06"), "sources": ["evtx"],
             "registered": False},
        ],
        "sessions": [{"host": "PC1", "account": "gyomu01", "kind": "console", "start": span("06-17 09:01:10"),
                      "end": span("06-17 19:25:00"), "source": "security", "address": "PC1@0"}],
        "copies": [],
        "clocks": [{"host": "PC1", "seconds_min": -3.0, "seconds_max": 2.5, "source": "ntp"}],
        "papers": [
            {"paper": "take_out", "sheet": "6月", "row": 14, "kind": "take_out", "item": "USB1", "action": "take_out",
             "time": span("06-17 16:30:00", width=60), "address": "papers:/take_out.csv!~row:14"},
            {"paper": "room_log", "sheet": "", "row": 3, "kind": "entry", "item": None, "room": "A", "action": "in",
             "time": span("06-17 16:48:10"), "address": "papers:/room.csv!~row:3"},
            {"paper": "media_register", "sheet": "", "row": 7, "kind": "medium", "item": "USB1",
             "address": "papers:/media.csv!~row:7"},
        ],
        "mismatches": [
            {"what": "connected_without_takeout", "paper": "take_out", "row": None, "subject": "USB2",
             "severity": "breach", "time": span("06-17 17:20:31")},
            {"what": "not_returned", "paper": "take_out", "row": 14, "subject": "USB1", "severity": "gap",
             "time": span("06-17 16:30:00", width=60)},
            {"what": "capacity_differs", "paper": "media_register", "row": 7, "subject": "USB1",
             "severity": "clerical"},
        ],
        "controls": [{"detector": "my_number", "carrier": "plain", "encoding": "cp932", "planted": 41, "found": 41}],
        "records": [
            {"address": "USB1:p1:/給付/対象者一覧_0617.csv@0+3211264", "evidence": "USB1", "state": "allocated",
             "kinds": ["name", "address", "birth_date", "bank_account"], "rows": 12480, "persons": 12480},
            {"address": "PC1:p2:/tmp/a.csv@0+9", "evidence": "PC1", "state": "deleted", "kinds": ["welfare_flag", "phone"],
             "rows": 7, "persons": 7},
        ],
        "people": [],
        "events": [
            {"time": span("06-17 17:04:10", width=2), "kind": "file_modified", "evidence": "USB1",
             "path": "/給付/対象者一覧_0617.csv", "address": "USB1:p1:/給付/対象者一覧_0617.csv"},
            {"time": span("06-17 00:00:00", "06-18 00:00:00"), "kind": "file_accessed", "evidence": "USB1",
             "path": "/給付/対象者一覧_0617.csv", "address": "USB1:p1:/給付/対象者一覧_0617.csv"},
            *({"time": span(f"06-{day} {hour:02}:{minute:02}:00"), "kind": "session_start", "evidence": "PC1",
               "path": None, "address": "PC1@1"}
              for day in range(16, 25) for hour in (9, 10, 14, 17) for minute in range(0, 60, 7 + day % 5)),
            {"time": span("06-23 10:00:00"), "kind": "device_connected", "evidence": "PC1", "medium": "CC", "address": "PC1@2"},
        ],
    }  # fmt: skip
    return {name: schema.to_arrow(name, found) for name, found in rows.items()}


def case(folder: Any, **more: Any) -> SimpleNamespace:
    """What write() needs of a case."""
    base = {
        "id": "S-0001", "title": "住民情報を入れたUSBメモリーの紛失", "examiner": "", "timezone": "Asia/Tokyo",
        "languages": ("ja", "en"), "pipeline": "leak_check", "folder": folder, "rules": (),
    }  # fmt: skip
    return SimpleNamespace(**{**base, **more})


def bare(answers: bool = True) -> dict[str, Any]:
    """A case with no evidence, no facts, no window."""
    out = copy.deepcopy(findings())
    out["case"]["window"] = None
    out["evidence"], out["facts"] = [], []
    out["persons"] = {"at_least": 0, "at_most": 0, "at_most_overall": None}
    out["answers"] = (
        [
            answer(question, "case", "not_examined")
            for group in GROUPS.values()
            for question in group
        ]
        if answers
        else []
    )
    return out


def confirmed() -> dict[str, Any]:
    """The invented case where every byte was read and shows a leak."""
    out = copy.deepcopy(findings())
    out["evidence"] = [item(name, "medium", size) for name, size in SIZES.items()]
    headline = next(a for a in out["answers"] if a["question"] == "Q01")
    headline |= {
        "verdict": "confirmed", "confidence": "C4", "reasons": [],
        "statement": {
            "ja": "権限のない人または機器に内容が渡ったことが確認された(PC1×USB1、2025-06-17 17:05ほか3件、根拠4件、確度C4)。",
            "en": "That content reached a person or device without right was confirmed (PC1×USB1, 2025-06-17 17:05 and 3 more; 4 facts, C4).",
        },
        "limits": ["OUTSIDE_EVIDENCE", "READ_LEAVES_NO_TRACE"],
    }  # fmt: skip
    return out


LONG = "令和六年度臨時特別給付金対象世帯名簿の確認作業に用いた第三庁舎南館四階の据置端末からの写し"


def long() -> dict[str, Any]:
    """The invented case with more items, and the longest names that a case file may give."""
    out = copy.deepcopy(findings())
    out["case"]["title"] = LONG * 4
    for number in range(8):
        name = f"EVIDENCE-WITH-A-VERY-LONG-ID-{number:03}"
        out["evidence"].append(item(name, "medium", 1 << 30, unsupported=number % 2 << 30))
    return out


def long_tables() -> dict[str, Any]:
    """Its tables: long labels."""
    rows = [
        {"evidence": item["id"], "role": item["role"], "label": LONG * 2, "size": item["size"]}
        for item in long()["evidence"]
    ]
    return tables() | {"evidence": schema.to_arrow("evidence", rows)}


def hostile() -> dict[str, Any]:
    """The invented case with 40 items and every hostile name where evidence gives names."""
    out = copy.deepcopy(findings())
    for number in range(36):
        size = 1_000_000_000 * (number + 1)
        parts = (
            {"unreadable": size}
            if number == 1
            else {"locked": size // 3}
            if number % 7 == 3
            else {"failed": 1}
            if number == 9
            else {}
        )
        out["evidence"].append(
            item(f"DISK-{number:03}", ("pc", "medium", "server")[number % 3], size, **parts)
        )
    for number, name in enumerate(HOSTILE):
        made = [
            fact("personal_data", [f"USB1:p1:/{number}"], evidence="USB1", path=f"/{name}", state="deleted",
                 kinds=["name", "welfare_flag"], persons=number),
            fact("connection", [f"PC1@{number}"], host="PC1", medium_serial=f"{number:08X}", volume_serial=None,
                 label=name, first=when(f"06-18 0{number % 10}:00:00"), last=when(f"06-19 0{number % 10}:00:00"),
                 account=name, registered=bool(number % 2)),
            fact("open", [f"PC1@{number + 100}"], host=f"DISK-{3 * number % 36:03}", medium=None, path=name,
                 time=when(f"06-19 1{number % 10}:00:00"), account=name, source="lnk"),
            fact("copy", [f"PC1@{number + 200}"], dataset=name, **{"from": f"USB1:p1:/a{number}", "to": f"PC1:p2:/b{number}!{name or '0'}"},
                 basis="records", method="unknown", persons=3, time=None, order_known=False),
            fact("mismatch", [f"PC1@{number + 300}"], what="card_unknown", paper="cards", row=number, subject=name, time=None),
        ]  # fmt: skip
        out["facts"] += made
        out["answers"].append(answer("Q03", name or "x", "undetermined", statement={"ja": name, "en": name},
                                     facts=[made[0]["id"]], limits=[name], would_change=[name]))  # fmt: skip
    for host in range(24):
        for medium in range(14):
            if (host * 7 + medium * 3) % 11 == 0:
                out["facts"].append(
                    fact("connection", [f"PC1@{1000 + host * 14 + medium}"], host=f"DISK-{host:03}",
                         medium_serial=f"M{medium}", volume_serial=None, label=f"STICK{medium}",
                         first=when("06-18 10:00:00"), last=when("06-18 11:00:00"), account=None,
                         registered=None)
                )  # fmt: skip
    return out
