"""The log of doors against cards and sessions, sign-offs that are missing, claims of encryption."""

from __future__ import annotations

import pytest
from hand import case, item, local, tables, trace, utc

from forensics import correlate
from forensics.correlate.rows import rows

PC, STICK = item("PC1", "pc"), item("USB1", serial="AB12CD34", authorised=True)
DAY, MINUTE = 86_400_000_000, 60_000_000
SATO, KATO = "t-sato", "t-kato"


def found(*papers, sessions=(), **more):
    made = correlate.all(case(PC, STICK), tables(papers=papers, traces=sessions, **more))
    return [(row["what"], row["subject"], row["severity"]) for row in rows("mismatches", made["mismatches"])]  # fmt: skip


def paper(kind, row, when=None, until=None, **more):
    out = {"paper": kind, "row": row, "address": f"papers:/{kind}.csv!~row:{row}"} | more
    out |= {} if when is None else {"time": when}
    return out if until is None else out | {"until": until}


def door(row, hour, action, day=21, **more):
    when = local(2022, 6, day, hour, width=MINUTE)
    return paper("room_log", row, when, action=action, **({"person_token": SATO} | more))


def session(hour, account="sato", day=21, kind="console", minute=0):
    """At an hour of Japan."""
    return trace("PC1", "session_start", utc(2022, 6, day, hour - 9, minute), account=account, source="security_log",
                 family="security", detail=f"session={kind};logon_id={day}-{hour}",
                 address=f"PC1:p1:/Security.evtx@{day * 100 + hour}+9")  # fmt: skip


def ended(day):
    """A session of 10:00 that ends at 17:00."""
    first = session(10, day=day)
    last = trace("PC1", "session_end", utc(2022, 6, day, 8), account="sato", source="security_log", family="security",
                 detail=f"logon_id={day}-10", address=f"PC1:p1:/Security.evtx@{day * 100 + 50}+9")  # fmt: skip
    return [first, last]


ACCOUNT = paper("accounts", 2, item="sato", person_token=SATO)
AT_WORK = [door(2, 9, "enter"), door(3, 18, "leave"), door(4, 9, "enter", 22), door(5, 18, "leave", 22)]  # fmt: skip
AWAY = ("session_without_room", "sato", "breach")
ROOMS = {
    "inside": ([ACCOUNT, *AT_WORK], [session(10), session(11, day=22)], []),
    "out in the evening": ([ACCOUNT, *AT_WORK], [session(10), session(20)], [AWAY]),
    "the door is of another room: nobody is ever inside": ([ACCOUNT, *AT_WORK], [session(20)], []),
    "minutes after the door: clocks differ": ([ACCOUNT, *AT_WORK], [session(10), session(18, minute=10)], []),
    "an hour after the door": ([ACCOUNT, *AT_WORK], [session(10), session(19)], [AWAY]),
    "before the log begins": ([ACCOUNT, *AT_WORK], [session(10), session(20, day=20)], []),
    "over the network": ([ACCOUNT, *AT_WORK], [session(10), session(20, kind="network")], []),
    "went in and no leaving is written": ([ACCOUNT, *AT_WORK[:1], *AT_WORK[2:]], [session(10), session(20)], []),
    "a person whom the door never saw": ([paper("accounts", 2, item="sato", person_token=KATO), *AT_WORK], [session(10), session(20)], []),
    "whose account is not known, and nobody was inside": (AT_WORK, [session(10), session(20)], [("session_without_room", "sato", "gap")]),
    "whose account is not known, and someone was": ([*AT_WORK, door(6, 17, "enter", person_token=KATO), door(7, 22, "leave", person_token=KATO)], [session(10), session(20)], []),
    "a card instead of a name": (
        [ACCOUNT, paper("cards", 2, item="C-7", person_token=SATO), *({**row, "person_token": None, "item": "C-7"} for row in AT_WORK)],
        [session(10), session(20)], [AWAY],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ROOMS))
def test_sessions_and_doors(name):
    papers, sessions, expected = ROOMS[name]
    told = found(*papers, sessions=sessions)
    assert [row for row in told if row[0] == "session_without_room"] == expected


LENT = paper("cards", 2, item="C-7", person_token=SATO)
BACK = {**LENT, "until": local(2022, 6, 1, width=DAY)}
CARDS = {
    "lent to the person": ([LENT, door(2, 9, "enter", item="C-7")], []),
    "leading zeros lost": ([{**LENT, "item": "00107"}, door(2, 9, "enter", item="107")], []),
    "of no list": ([LENT, door(2, 9, "enter", item="C-8")], [("card_unknown", "C-8", "gap")]),
    "returned before": ([BACK, door(2, 9, "enter", item="C-7")], [("card_after_return", "C-7", "breach")]),
    "lent once more": ([BACK, {**LENT, "row": 3}, door(2, 9, "enter", item="C-7")], []),
    "another's": ([LENT, door(2, 9, "enter", item="C-7", person_token=KATO)], [("card_shared", "C-7", "breach")]),
    "a name alone, of the list": ([LENT, door(2, 9, "enter")], []),
    "a name alone, of no list": ([LENT, door(2, 9, "enter", person_token=KATO)], [("person_not_listed", KATO, "gap")]),
    "a name alone, and a card of nobody": ([LENT, paper("cards", 3, item="C-9"), door(2, 9, "enter", person_token=KATO)], []),
    "no list of cards": ([door(2, 9, "enter", item="C-8")], []),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CARDS))
def test_cards_at_doors(name):
    papers, expected = CARDS[name]
    assert found(*papers) == expected


def loan(row, **more):
    when = local(2022, 6, 20 + row, width=DAY)
    return paper("take_out", row, when, when, action="take_out", serial="AB12CD34", **more)


def test_a_missing_sign_off_is_told_where_others_have_theirs():
    blank = loan(3, detail="blank=approver")
    assert ("approval_missing", "AB12CD34", "gap") in found(loan(2, detail="approver=t"), blank)
    assert "approval_missing" not in {row[0] for row in found(blank)}  # perhaps a seal as picture
    erased = paper("erasure", 2, serial="AB12CD34", detail="blank=witness")
    assert ("attendant_missing", "AB12CD34", "gap") in found(erased)


CLAIMS = {"有": True, "AES256": True, "無": False, "無(有)": False, "": False}


@pytest.mark.parametrize("text", list(CLAIMS))
@pytest.mark.parametrize("address", ["USB1:p1:/list.csv", "USB1:p1:/list.zip!list.csv"])
def test_a_claim_of_encryption_is_false_where_plain_files_hold_records(text, address):
    record = {"address": f"{address}@0+99", "evidence": "USB1", "state": "allocated", "kinds": ["name"], "rows": 3,
              "persons": 3}  # fmt: skip
    people = [{"address": f"{address}@0+99", "evidence": "USB1", "token": "r:1"}]
    told = found(loan(2, detail=f"encryption={text}"), records=[record], people=people)
    plain = CLAIMS[text] and "!" not in address
    assert (("encryption_claim_false", "AB12CD34", "breach") in told) == plain


def stay(row, day, first, last):
    return [door(row, first, "enter", day), door(row + 1, last, "leave", day)]


WEEK = [row for day in range(1, 8) for row in stay(2 * day, day, 9, 18)]
USED = [session(10, day=day) for day in range(1, 9)]
UNUSED = ("room_without_session", "sato", "gap")


@pytest.mark.parametrize(
    ("doors", "sessions", "mismatches"),
    [
        ([*WEEK, *stay(20, 6, 20, 22)], [ended(day) for day in range(1, 9)], [UNUSED]),
        ([*WEEK, *stay(20, 6, 20, 22)], USED, []),  # a session without an end may last
        (WEEK, [ended(day) for day in range(1, 9)], []),
        (WEEK, [ended(1), ended(8)], []),  # no control: they work elsewhere
        (
            [*WEEK, *stay(20, 9, 20, 22)],
            [ended(day) for day in range(1, 9)],
            [],
        ),  # after the log's end
    ],
)
def test_stays_without_a_session(doors, sessions, mismatches):
    flat = [row for one in sessions for row in (one if isinstance(one, list) else [one])]
    told = found(ACCOUNT, *doors, sessions=flat)
    assert [row for row in told if row[0] == "room_without_session"] == mismatches
