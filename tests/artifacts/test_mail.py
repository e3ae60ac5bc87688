"""Messages: date, kind by folder and transport, recipients of other domains, their place in the folder."""

from __future__ import annotations

import pytest

from forensics.artifacts import Content
from forensics.artifacts.mail import messages
from forensics.values import moment

MESSAGE = (
    b"From: =?utf-8?B?5L+C?= <kakari@city.example.jp>\r\nTo: a@print.example.com,\r\n b@mail.city.example.jp\r\n"
    b"Cc: c@print.example.com\r\nDate: Tue, 21 Jun 2022 19:30:00 +0900\r\nSubject: x\r\n\r\nbody\r\n"
)
LINE = b"From - Tue Jun 21 19:30:05 2022\r\n"
OUTSIDE = "recipients=3;outside=2"
# name -> (path, bytes, [(kind, UTC time or None, number in the folder, detail)])
FACTS = {
    "a folder of sent mail": ("/Mail/h/Sent", LINE + MESSAGE + b"\r\n" + LINE + MESSAGE, [
        ("mail_sent", "2022-06-21 10:30:00", 1, OUTSIDE), ("mail_sent", "2022-06-21 10:30:00", 2, OUTSIDE),
    ]),
    "in Japanese": ("/送信済みアイテム/1.eml", MESSAGE, [("mail_sent", "2022-06-21 10:30:00", 0, OUTSIDE)]),
    "in modified UTF-7": ("/ImapMail/h/&kAFP4W4IMH8w4TD8MOs-", MESSAGE, [("mail_sent", "2022-06-21 10:30:00", 0, OUTSIDE)]),
    "drafts": ("/Mail/h/Drafts", LINE + MESSAGE, [("mail_draft", "2022-06-21 10:30:00", 1, OUTSIDE)]),
    "waiting to be sent": ("/Mail/h/Unsent Messages", LINE + MESSAGE, [("mail_draft", "2022-06-21 10:30:00", 1, OUTSIDE)]),
    "an unsent message in a folder of sent mail": ("/Sent/1.eml", b"X-Unsent: 1\r\n" + MESSAGE, [("mail_draft", "2022-06-21 10:30:00", 0, OUTSIDE)]),
    "a message of nobody knows where": ("/Desktop/1.eml", MESSAGE, [("mail_draft", "2022-06-21 10:30:00", 0, OUTSIDE)]),
    "a name that only holds the word": ("/Desktop/consent.eml", MESSAGE, [("mail_draft", "2022-06-21 10:30:00", 0, OUTSIDE)]),
    "passed a server": ("/Mail/h/Inbox", LINE + b"Received: from a by b\r\n" + MESSAGE, [("mail_received", "2022-06-21 10:30:00", 1, OUTSIDE)]),
    "no date": ("/Sent", LINE + MESSAGE.replace(b"Tue, 21 Jun 2022 19:30:00 +0900", b"soon"), [("mail_sent", None, 1, OUTSIDE)]),
    "the own domain only": ("/Sent", LINE + MESSAGE.replace(b"print.example.com", b"city.example.jp"), [("mail_sent", "2022-06-21 10:30:00", 1, "recipients=3;outside=0")]),
}  # fmt: skip
NO_MAIL = {
    "a page saved as mht": b"From: <Saved by X>\r\nSubject: a\r\nDate: Tue, 21 Jun 2022 19:30:00 +0900\r\n\r\n",
    "a list of fields": b"name: a\r\nfrom: b\r\n",
    "headers as text": b"\n" + MESSAGE,
    "prose": b"From here to there: a note\n",
}  # fmt: skip


@pytest.mark.parametrize("name", list(FACTS))
def test_messages(name):
    path, data, expected = FACTS[name]
    other_folder = data.startswith(b"From - ") and not path.endswith("/Sent")
    assert messages.ARTIFACT.claims(path, data[:4096]) != other_folder
    parsed = messages.parse(Content(data, path))
    told = [
        (
            row["kind"],
            None
            if row["time"].start is None
            else str(moment(row["time"].start)).removesuffix("+00:00"),
            row["record_number"],
            row["detail"],
        )
        for row in parsed.traces
    ]
    assert told == expected
    assert parsed.gaps == []
    assert sum(row["at"][1] for row in parsed.traces) >= len(data) - 2 * len(expected)
    assert "@" not in repr(parsed)  # no address leaves the message


@pytest.mark.parametrize("name", list(NO_MAIL))
def test_no_mail(name):
    assert not messages.ARTIFACT.claims("/Sent", NO_MAIL[name])
