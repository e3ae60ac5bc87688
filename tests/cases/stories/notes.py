"""Papers as people keep them: carried over, copied, in two hands, with words where a date should be."""

from __future__ import annotations

from fixtures.disk import Node
from tests.cases.stories.common import (
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    listed,
    plain_stick,
    story,
)
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.ledgers import LEDGER, ledger
from tests.cases.stories.logs import SECURITY, event_log, office_days
from tests.cases.stories.servers import stick_and_server
from tests.cases.story import (
    BEFORE,
    MIB,
    Story,
    at,
    encoded,
    note,
    pc,
    samba_log,
    stick,
    utc,
)

TAKEN = "U-05,2023/6/7 9:30,高崎　直人,センター,作業,2023/6/7 17:00"


@story
def the_ledger_was_copied(s: Story) -> None:
    """A draft and the fair copy have the same rows: no stick was out twice."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(7, 10))]), fs="exfat")
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    for name in ("a.csv", "b.csv"):
        s.files[f"papers/{name}"] = note(LEDGER + TAKEN + "\n")
    s.tail["papers"].append('take_out = ["papers/a.csv", "papers/b.csv"]')
    s.forbid("mismatch", "the same row twice", what="takeout_overlap")


@story
def registers_of_two_years(s: Story) -> None:
    """The register of each year has the stick: carried over, not used twice."""
    ledger(s, TAKEN)
    s.files["papers/r4.csv"] = s.files["papers/登録簿.csv"]
    s.tail["papers"] = [line for line in s.tail["papers"] if "media_register" not in line]
    s.tail["papers"].append('media_register = ["papers/登録簿.csv", "papers/r4.csv"]')
    s.forbid("mismatch", "carried over", what="duplicate_number")


@story
def lost_stands_where_the_return_should(s: Story) -> None:
    """紛失 in the column of the return: it did not come back."""
    ledger(s, TAKEN, "U-05,2023/6/9 9:30,高崎　直人,センター,作業,紛失")
    s.need(
        "mismatch",
        "lost is not returned",
        what="not_returned",
        time={"overlaps": [utc(at(9, 9, 30)), utc(at(9, 9, 31))]},
    )


@story
def the_door_knows_surnames(s: Story) -> None:
    """The log of doors prints surnames, the list of cards full names: the cards are used by their holders."""
    plain_stick(s, listed(s), "exfat")
    s.item(
        "PC1",
        "pc",
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))],
            more=[event_log(SECURITY, office_days())],
            size=16 * MIB,
        ),
        fs="ntfs",
        zone=None,
    )
    s.register()
    s.paper(
        "cards",
        "card.csv",
        "カード番号,氏名,貸与日,返却日\n0107,髙﨑　直人,2023/4/1,\n0108,林　誠,2023/4/1,\n0109,野々村清,2023/4/1,\n",
    )
    rows = "".join(f"2023/06/{day:02} 08:{minute:02},{card},{name},入室\n2023/06/{day:02} 18:{minute:02},{card},{name},退室\n"
                   for day in range(1, 14) for minute, card, name in ((20, "107", "高崎"), (25, "108", "林"), (30, "109", "市民課　野々村")))  # fmt: skip
    s.paper("room_log", "door.csv", "日時,カード番号,氏名,区分\n" + rows)
    s.forbid("mismatch", "the holders", what="card_shared")
    s.forbid("mismatch", "on the list", what="card_unknown")


@story
def anothers_card_at_the_door(s: Story) -> None:
    plain_stick(s, listed(s), "exfat")
    s.register()
    s.paper(
        "cards",
        "card.csv",
        "カード番号,氏名,貸与日,返却日\n0107,髙﨑　直人,2023/4/1,\n0109,野々村清,2023/4/1,\n",
    )
    s.paper(
        "room_log",
        "door.csv",
        "日時,カード番号,氏名,区分\n2023/06/10 08:20,107,高崎,入室\n2023/06/10 18:20,107,高崎,退室\n2023/06/11 08:20,107,野々村,入室\n2023/06/11 18:20,107,野々村,退室\n",
    )
    s.need(
        "mismatch",
        "another's card",
        what="card_shared",
        time={"overlaps": [utc(at(11, 8)), utc(at(11, 19))]},
    )
    s.forbid(
        "mismatch",
        "the holder",
        what="card_shared",
        time={"overlaps": [utc(at(10, 8)), utc(at(10, 19))]},
    )


@story
def thirty_with_a_disability(s: Story) -> None:
    """Thirty residents, fewer than any number that counts, with the grade of their disability: one would be enough."""
    rows = [
        "氏名,生年月日,住所,障害等級\r\n",
        *(
            f"{p.name},{p.born},{p.address},身体障害者手帳{n % 6 + 1}級\r\n"
            for n, p in enumerate(s.residents[:30])
        ),
    ]
    plain_stick(s, [Node("a/meibo.csv", encoded("".join(rows), "cp932"), BEFORE)], "fat16")
    s.register()
    s.matched("USB1", "meibo.csv", 30)
    s.answer("threshold", "case", "confirmed undetermined", "a kind that counts from one person on")


@story
def a_command_as_root(s: Story) -> None:
    """sudo wrote it down: the register was copied in the window, past the share and its log."""
    when = at(10, 2, 20)
    lines = "".join([
        *(f"Jun {day:2} 09:01:00 nami-sv sshd[{90 + day}]: Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2\n" for day in range(1, 11)),
        f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv sudo:   jimu03 : TTY=pts/0 ; PWD=/home/jimu03 ; USER=root ; COMMAND=/usr/bin/cp /srv/office/juki_daicho.txt /media/usb/\n",
        "Jun 14 09:01:00 nami-sv sshd[200]: Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2\n",
    ])  # fmt: skip
    lines = "".join(
        sorted(lines.splitlines(keepends=True), key=lambda text: (int(text[4:6]), text[7:15]))
    )
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")]),
        {"var/log/auth.log": (lines.encode(), at(14, 9, 2))},
    )
    s.opened("juki_daicho.txt", when, "SV1", "nami-sv")
    s.answer("server_accessed", "SV1 case", "undetermined confirmed", "copied in the window")


@story
def fetched_by_sftp(s: Story) -> None:
    """internal-sftp names the register; the account is on no list."""
    when = at(10, 2, 20)
    stamp = f"{when:%b} {when.day:2} {when:%H:%M}"
    lines = (
        "Jun  1 09:01:00 nami-sv sshd[90]: Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2\n"
        f"{stamp}:01 nami-sv sshd[700]: Accepted password for gaibu9 from 203.0.113.5 port 50022 ssh2\n"
        f"{stamp}:02 nami-sv internal-sftp[702]: session opened for local user gaibu9 from [203.0.113.5]\n"
        f'{stamp}:09 nami-sv internal-sftp[702]: open "/srv/office/juki_daicho.txt" flags READ mode 0666\n'
        f'{stamp}:11 nami-sv internal-sftp[702]: close "/srv/office/juki_daicho.txt" bytes read 48211 written 0\n'
        f"{stamp}:12 nami-sv internal-sftp[702]: session closed for local user gaibu9 from [203.0.113.5]\n"
        "Jun 14 09:01:00 nami-sv sshd[200]: Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2\n"
    )
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")]),
        {"var/log/auth.log": (lines.encode(), at(14, 9, 2))},
    )
    s.paper("accounts", "id.csv", "ログインID,氏名\njimu03,係員　甲\n")
    s.opened("juki_daicho.txt", when.replace(second=9), "SV1", "nami-sv", account="gaibu9")
    s.answer("server_accessed", "SV1 case", "confirmed", "fetched by an account on no list")


@story
def a_shell_history_with_times(s: Story) -> None:
    """The history of a shell tells when: the register was packed in the window."""
    when = at(10, 2, 20)
    text = f"#{int(at(2, 9).timestamp())}\nls -l\n#{int(when.timestamp())}\ntar czf /tmp/x.tgz /srv/office/juki_daicho.txt\n#{int(at(13, 9).timestamp())}\nexit\n"
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")]),
        {"home/jimu03/.bash_history": (text.encode(), at(13, 9))},
    )
    s.opened("juki_daicho.txt", when, "SV1", "nami-sv", account="jimu03")
    s.answer("server_accessed", "SV1 case", "undetermined confirmed", "packed in the window")
