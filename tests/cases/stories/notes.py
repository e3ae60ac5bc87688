"""Papers as people keep them: carried over, copied, in two hands, with words where a date should be."""

from __future__ import annotations

from fixtures.disk import Node
from fixtures.evtx import Event
from fixtures.windows import recycle_i
from tests.cases.stories.common import (
    JUNE,
    PAIRS,
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    listed,
    plain_stick,
    story,
)
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.ledgers import LEDGER, ledger
from tests.cases.stories.lists import zipped
from tests.cases.stories.logs import AUDIT, SECURITY, event_log, office_days
from tests.cases.stories.servers import stick_and_server
from tests.cases.story import (
    BEFORE,
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    encoded,
    listing,
    note,
    pc,
    samba_log,
    shortcut,
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
def one_number_for_two_sticks(s: Story) -> None:
    ledger(s, TAKEN, register=REGISTER_OF_MEDIA + "U-05,USBメモリー,ZZ000001,市民課,2023/05/01\n")
    s.need("mismatch", "two serials of one number", what="duplicate_number")


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
def not_yet_back(s: Story) -> None:
    ledger(s, TAKEN, "U-05,2023/6/9 9:30,高崎　直人,センター,作業,未返却")
    s.need(
        "mismatch",
        "not returned",
        what="not_returned",
        time={"overlaps": [utc(at(9, 9, 30)), utc(at(9, 9, 31))]},
    )


@story
def back_half_an_hour_past_midnight(s: Story) -> None:
    """24:30 is half past midnight of the next day: the connection at 0:20 lies in the loan."""
    ledger(s, "U-05,2023/6/6 22:00,高崎　直人,センター,作業,2023/6/6 24:30", arrived=at(7, 0, 20))
    s.forbid("mismatch", "within the loan", what={"re": "^connected_"}, time=JUNE)
    s.forbid("mismatch", "brought back", what="not_returned")


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
def residents_in_names_of_files(s: Story) -> None:
    """Names of residents in paths, links, logs, archives, papers: none of them may go out."""
    one, two, three = s.residents[10], s.residents[20], s.residents[30]
    link = shortcut(f"E:\\業務\\{one.name}_申請書.csv", 900, VOLUME, INSIDE)
    seen = Event(at(8, 10), AUDIT, 4663, {"SubjectUserSid": HOST.sid, "SubjectUserName": HOST.account, "ObjectType": "File",
                 "ObjectName": f"C:\\work\\{two.name} 様.txt", "AccessMask": "0x1", "ProcessName": "C:\\Windows\\notepad.exe"})  # fmt: skip
    index = recycle_i(f"C:\\Users\\{HOST.account}\\Desktop\\{three.name}　住民票.csv", 900, INSIDE)
    bin_ = f"$Recycle.Bin/{HOST.sid}"
    more = [Node(f"work/{two.name} 様.txt", note("控え\n"), at(8, 10)), Node(f"{bin_}/$IQ1W2E3.csv", index, INSIDE), Node(f"{bin_}/$RQ1W2E3.csv", note("x\n"), BEFORE),
            Node("work/a.zip", zipped(f"{one.name}/{one.phone}.csv", listing([one])), at(8, 10)), event_log(SECURITY, sorted([*office_days(), seen], key=lambda e: e.when))]  # fmt: skip
    nodes = [
        *listed(s),
        Node(f"業務/{one.name}_申請書.csv", listing([one, two]), BEFORE),
        Node(f"業務/{three.name.replace('　', ' ')}/{three.phone}.txt", note("x\n"), BEFORE),
    ]
    stick_and_pc(
        s, pc([stick(SERIAL, VOLUME, INSIDE)], [link], more, size=16 * MIB), nodes, "exfat"
    )
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.paper(
        "take_out",
        "持出管理簿.csv",
        LEDGER + f"U-05,2023/6/7 9:30,高崎　直人,{one.name}宅,{two.name}様の件,2023/6/7 17:00\n",
    )
    s.hide([one, two, three])
    s.answer("accessed_after_loss", PAIRS, "confirmed", "attached and opened")


@story
def an_xfs_server(s: Story) -> None:
    """A server whose file system is not read: of its reads nothing is known."""
    plain_stick(s, listed(s), "exfat")
    xfs = bytearray(2 * MIB)
    xfs[:4] = b"XFSB"
    xfs[4:8] = (4096).to_bytes(4, "big")
    xfs[8:16] = (512).to_bytes(8, "big")
    xfs[8192:8292] = listing(s.residents[:1])[:100]
    s.item("SV1", "server", bytes(xfs), zone=None)
    s.truth["coverage"].append({"evidence": "SV1", "examined": {"min": 0}})
    s.register()
    s.exits = (0, 3)
    s.answer("server_accessed", "SV1 case", "undetermined", "not read")
    s.answer("logs_cover", "SV1 case", "undetermined refuted", "not read")
    s.answer("fully_examined", "SV1 case", "undetermined refuted", "not read")
    s.answer("leak", "case", "undetermined", "not read")


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
def a_hundred_and_no_more(s: Story) -> None:
    """A hundred residents, names and addresses only: more than 100 it is not."""
    plain_stick(
        s,
        [Node("a/meibo.csv", listing(s.residents[:100], ("name", "address", "born")), BEFORE)],
        "fat16",
    )
    s.register()
    s.matched("USB1", "meibo.csv", 100)
    s.answer("threshold", "case", "refuted undetermined", "100 are not more than 100")


@story
def a_hundred_and_one(s: Story) -> None:
    plain_stick(
        s,
        [Node("a/meibo.csv", listing(s.residents[:101], ("name", "address", "born")), BEFORE)],
        "fat16",
    )
    s.register()
    s.answer("threshold", "case", "confirmed", "more than 100")


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
