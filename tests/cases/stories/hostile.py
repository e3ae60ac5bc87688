"""Names that people, markup or shells are made of; file systems of Linux."""

from __future__ import annotations

import datetime as dt
import gzip

from fixtures.disk import Node
from fixtures.windows import recycle_i
from tests.cases.stories.carriers import mail, zipped
from tests.cases.stories.common import PAIRS, SERIAL, VOLUME, on_stick, stick_and_pc, story
from tests.cases.story import (
    BEFORE,
    HOST,
    INSIDE,
    Story,
    disk,
    ext4,
    listing,
    note,
    pc,
    shortcut,
    stick,
)


@story
def hostile_names(s: Story) -> None:
    """Names of files that are formulas, markup, escapes, people."""
    person = s.residents[0]  # a secret
    names = (
        "=cmd('calc').csv", "<script>alert(1)<／script>.csv", "a%2F..%2Fb.csv", "x!y@1+2#3.csv", "\u202egnp.csv",
        f"{person.name}様_申請.csv", f"{person.number}.csv", "{{7*7}}.csv", "';drop table t--.csv", "+1+1.csv", "new\nline.csv",
    )  # fmt: skip
    nodes = [
        Node(f"d/{name}", listing(s.residents[i * 10 : i * 10 + 10], encoding="utf-8"), BEFORE)
        for i, name in enumerate(names)
    ]
    s.item("USB1", "medium", disk("ntfs", "mbr", nodes), fs="ntfs", serial=SERIAL)
    s.register()
    s.persons(10 * len(names))
    s.answer("data_on_medium", "USB1", "confirmed", "lists")


@story
def people_in_names(s: Story) -> None:
    """Residents in names of files, members, links, logs and labels: nothing of them may be told."""
    a, b, c, d = (s.residents[place] for place in (3, 50, 120, 200))
    s.hide([a, b, c, d])
    joined, home = b.name.replace("　", ""), f"Users/{HOST.account}/Documents"
    zipped_up = zipped(f"{a.name}様_申請書.csv", listing(s.residents[:30]))
    nodes = [
        Node(f"申請/{a.name}様.csv", listing([a, b]), BEFORE),
        Node(f"申請/申請書_{b.name}.txt", note("添付\n"), BEFORE),
        Node(f"申請/{joined}申請書.txt", note("添付\n"), BEFORE),
        Node(f"申請/{c.kana}.txt", note("添付\n"), BEFORE, deleted=True),
        Node(f"申請/tel{c.phone}.txt", note("添付\n"), BEFORE),
        Node(f"申請/{d.number}_1.txt", note("添付\n"), BEFORE),
        Node(f"{c.name}/一式.zip", zipped_up, BEFORE),
    ]
    links = [
        shortcut(f"E:\\申請\\{a.name}様.csv", 100, VOLUME, INSIDE),
        shortcut(f"E:\\申請\\申請書_{b.name}.txt", 20, VOLUME, INSIDE + dt.timedelta(minutes=1)),
    ]
    bin_ = f"$Recycle.Bin/{HOST.sid}"
    more = [
        Node(
            f"{bin_}/$IABC123.txt",
            recycle_i(f"C:\\work\\{c.name}様_転入届.txt", 10, INSIDE),
            INSIDE,
        ),
        Node(f"{bin_}/$RABC123.txt", note("届\n"), BEFORE),
        Node(f"{home}/{d.name}_{d.phone}.txt", note("届\n"), BEFORE),
        Node(f"{home}/list.eml", mail(f"{d.number}.csv", listing([d])), BEFORE),
    ]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], links, more), nodes, "exfat")
    s.paper(
        "take_out",
        "持出.csv",
        f"管理番号,持出日時,持出者,持出先,目的,返却日時\nU-05,2023/06/02 09:00,{a.name},{b.name}様宅,訪問,2023/06/02 17:00\n",
    )
    s.answer("opened_files", PAIRS, "confirmed", "links")


@story
def ext4_stick(s: Story) -> None:
    who = s.residents
    files = {
        "taisho.csv": (listing(who[:200], encoding="euc_jp"), BEFORE),
        "sub/二枚目.csv.gz": (gzip.compress(listing(who[200:260]), mtime=0), BEFORE),
    }
    s.item("USB1", "medium", ext4(files), "e01s", fs="ext", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.matched("USB1", "二枚目.csv.gz", 60)
    s.persons(260)
    s.quiet()
