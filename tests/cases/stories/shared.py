"""Shares, images within images, cut images, and lists that happen to name residents."""

from __future__ import annotations

import hashlib
import struct

from fixtures.disk import Node, filetime
from fixtures.lnk import CLASS, HAS_LINK_INFO, IS_UNICODE
from tests.cases.stories.common import (
    PAIRS,
    SERIAL,
    USED,
    VOLUME,
    on_stick,
    plain_stick,
    registered,
    stick_and_pc,
    stick_and_server,
    story,
)
from tests.cases.story import (
    BEFORE,
    FIELDS,
    INSIDE,
    MIB,
    Story,
    at,
    disk,
    encoded,
    listing,
    note,
    pc,
    samba_log,
    segments,
    server,
    stick,
)


def network_link(share: str, rest: str, size: int, when: object) -> bytes:
    """A link to a file of a server's share ([MS-SHLLINK] 2.3.2)."""
    head = struct.pack("<I16sIIQQQIIIHHII", 76, CLASS.bytes_le, HAS_LINK_INFO | IS_UNICODE, 0x20,
                       *[filetime(when)] * 3, size, 0, 1, 0, 0, 0, 0)  # fmt: skip
    name = share.encode("ascii") + b"\0"
    network = struct.pack("<IIIII", 20 + len(name), 2, 20, 0, 0x20000) + name
    info = struct.pack(
        "<IIIIIII", 28 + len(network) + len(rest) + 1, 28, 2, 0, 0, 28, 28 + len(network)
    )
    return head + info + network + rest.encode("ascii") + b"\0" + bytes(4)


@story
def opened_over_the_share(s: Story) -> None:
    """A link on a PC names the register on the server's share, opened in the window."""
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    made = server(listing(s.residents, tuple(FIELDS), encoding="euc_jp"),
                  samba_log(at(1, 0, 11), at(14, 9), [(INSIDE, "jimu03", "juki_daicho.txt")]))  # fmt: skip
    s.item("SV1", "server", made, fs="ext")
    link = (
        "juki_daicho.lnk",
        network_link("\\\\NAMI-SV\\OFFICE", "juki_daicho.txt", 100, INSIDE),
        INSIDE,
    )
    s.item(
        "PC1",
        "pc",
        pc([USED], [link]),
        fs="ntfs",
        zone=None,
        authorised=True,
    )
    s.register(encoded(listing(s.residents, tuple(FIELDS), encoding="utf-8").decode(), "cp932"))
    s.opened("juki_daicho.txt", INSIDE, personal=True)
    s.opened("juki_daicho.txt", INSIDE, "SV1", "nami-sv", personal=True)
    s.answer("opened_files", "PC1 case", "confirmed", "the link, and the server's log")
    s.answer("opened_files", "PC1×USB1", "undetermined no_trace", "not of the stick")
    s.answer("leak", "case", "undetermined", "a clerk may read the register")


@story
def file_of_another_share(s: Story) -> None:
    """A stranger read juki_daicho.txt of the share `forms`: an empty form, in its root."""
    read = at(11, 23, 40, 2)
    log = samba_log(at(1, 0, 11), at(14, 9), [(read, "gaibu9", "juki_daicho.txt")]).replace(
        b"gaibu9|192.0.2.10|NAMI-PC3|office|", b"gaibu9|192.0.2.10|NAMI-PC3|forms|"
    )
    conf = (
        "[global]\n  full_audit:prefix = %u|%I|%m|%S\n  vfs objects = full_audit\n  full_audit:success = openat read\n"
        "[office]\n  path = /srv/office\n[forms]\n  path = /srv/forms\n"
    )
    stick_and_server(s, log, {
        "srv/forms/juki_daicho.txt": (note("氏名,住所\n"), at(1, 9)), "etc/samba/smb.conf": (conf.encode(), at(5, 9, month=1)),
    })  # fmt: skip
    s.paper("accounts", "id.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.answer("server_accessed", "SV1", "no_trace undetermined", "an empty form")
    s.answer("leak", "case", "undetermined no_trace", "an empty form")


@story
def staff_who_live_in_the_city(s: Story) -> None:
    """Seven of the staff live there: the list for emergencies has their addresses, and is no copy."""
    staff = "所属,氏名,住所,電話番号\r\n" + "".join(
        f"市民課,{p.name},{p.address},{p.phone}\r\n" for p in s.residents[3:199:30]
    )
    stick_and_pc(s, pc(more=[Node("Share/緊急連絡網.csv", note(staff), BEFORE)]), fs="exfat")
    on_stick(s)
    s.answer("copied_elsewhere", "case", "undetermined", "so few may come from anywhere")
    s.forbid("copy", "so few may come from anywhere", basis={"any": ["digest", "records"]})
    s.answer("still_held", "PC1", "confirmed", "residents all the same")


@story
def the_digest_of_a_cut_image(s: Story) -> None:
    """The image was cut while it was made, and its digest taken after: it agrees, and a part is missing."""
    whole = disk("fat32", "mbr", [Node("a.txt", note("空\n"), BEFORE)])
    data = whole[: 20 * MIB]
    s.item("USB1", "medium", whole, serial=SERIAL, complete=False, declared="none", authorised=True,
           spoil=lambda parts: {"raw": data}, lines=[f'sha256 = "{hashlib.sha256(data).hexdigest()}"'])  # fmt: skip
    s.register()
    s.exits = (0, 3, 4)
    s.answer("data_on_medium", "USB1", "undetermined", "the partition goes on where the image ends")
    s.answer("fully_examined", "USB1", "refuted undetermined", "the partition goes on")
    s.answer("evidence_intact", "USB1", "refuted undetermined", "the partition goes on")
    s.answer("leak", "case", "undetermined", "the partition goes on")


@story
def an_image_in_the_pc(s: Story) -> None:
    """A packed image of the stick lies on the PC: found in it, or told as not opened."""
    stick_image = segments(
        disk("exfat", "mbr", [Node("taisho.csv", listing(s.residents[:200]), BEFORE)]), "e01"
    )["E01"]
    stick_and_pc(s, pc(more=[Node("backup/stick.E01", stick_image, BEFORE)], size=24 * MIB))
    on_stick(s)
    s.exits = (0, 3)
    s.answer("still_held", "PC1", "confirmed undetermined", "in the image")
    s.answer("copied_elsewhere", "USB1 case", "confirmed undetermined", "in the image")
    s.truth["coverage"].append({"evidence": "PC1"})


@story
def used_with_leave_in_the_window(s: Story) -> None:
    """The ledger has the stick out over the window, with its return: a lawful use."""
    used = stick(SERIAL, VOLUME, INSIDE)
    stick_and_pc(s, pc([used]))
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,持出日時,持出者,持出先,返却日時\nU-05,2023/04/01 09:00,甲,1階,2023/04/01 17:00\n"
        "U-05,2023/06/09 17:00,甲,支所,2023/06/12 10:00\n"
    ))  # fmt: skip
    on_stick(s)
    s.connected(used, registered=True)
    s.forbid(
        "mismatch",
        "it was out with leave",
        what={"re": "^connected_"},
        time={"within": ["2023-06-01T00:00:00Z", "2023-06-30T00:00:00Z"]},
    )
    s.answer("accessed_after_loss", PAIRS, "confirmed", "used")
    s.answer("leak", "case", "undetermined no_trace", "a lawful use")


@story
def a_client_with_its_domain(s: Story) -> None:
    """The server's log names two clients in full: the supplied PC, and one that nobody supplied."""
    log = samba_log(at(1, 0, 11), at(14, 9)).replace(b"|NAMI-PC3|", b"|nami-pc3.nami.example.jp|")
    last = log.rindex(b"Jun 11 ")
    line = log[last : log.index(b"\n", last) + 1].replace(b"nami-pc3.", b"hashi-pc9.")
    log = log[:last] + line + log[log.index(b"\n", last) + 1 :]
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    s.item("SV1", "server", server(listing(s.residents, tuple(FIELDS)), log), fs="ext")
    s.item("PC1", "pc", pc([USED]), fs="ntfs", zone=None)
    s.register()
    s.answer("logs_cover", "hashi-pc9", "not_examined", "named, and not supplied")
    s.answer(
        "copied_elsewhere",
        "case",
        "undetermined",
        "a PC is missing",
        reasons={"has": ["OUTSIDE_EVIDENCE"]},
    )
    s.answer(
        "leak", "case", "undetermined", "a PC is missing", reasons={"has": ["OUTSIDE_EVIDENCE"]}
    )
