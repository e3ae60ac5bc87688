"""The list of stories, and what most of them share: the lost stick and its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from fixtures.disk import Node
from tests.cases.story import (
    BEFORE,
    FIELDS,
    Story,
    at,
    disk,
    encoded,
    listing,
    note,
    server,
    stick,
    utc,
)

STORIES: dict[str, Callable[[Story], None]] = {}
SERIAL, VOLUME = "KM0311A0077", 0x5A11C0DE
USED = stick(SERIAL, VOLUME, at(2, 9, 50))  # as PC1 knows it: a week before the window
PAIRS = "USB1 PC1 case PC1×USB1 PC1×" + SERIAL
JUNE = {"within": [utc(at(1, 0)), utc(at(30, 0))]}  # the ledger says nothing of earlier months
REGISTER_OF_MEDIA = f"管理番号,媒体種別,シリアル番号,所管課,登録年月日\nU-05,USBメモリー,{SERIAL},市民課,2023/04/01\n"


def story(tell: Callable[[Story], None]) -> Callable[[Story], None]:
    STORIES[tell.__name__] = tell
    return tell


def told(name: str) -> Story:
    """The story of that name, told."""
    made = Story(name, seed=len(name) + sum(name.encode()))
    STORIES[name](made)
    return made


def plain_stick(
    s: Story, nodes: Sequence[Node], fs: str = "fat16", scheme: str = "mbr", container: str = "raw",
    **more: object,
) -> None:  # fmt: skip
    """USB1, the lost stick: authorised, with its serial known."""
    s.item(
        "USB1",
        "medium",
        disk(fs, scheme, nodes),
        container,
        fs=fs[:3] if fs[:3] == "fat" else fs,
        serial=SERIAL,
        authorised=True,
        **more,
    )


def listed(s: Story, count: int = 200) -> list[Node]:
    """A directory with the list of the first `count` residents and a harmless note."""
    return [
        Node("業務/taisho.csv", listing(s.residents[:count]), BEFORE),
        Node("業務/readme.txt", note("年次の作業に使う。\n"), BEFORE),
    ]


def on_stick(s: Story, count: int = 200, allowed: str = "confirmed") -> None:
    s.matched("USB1", "taisho.csv", count)
    s.answer("data_on_medium", "USB1", allowed, "the list is there")


def stick_and_pc(
    s: Story, pc_data: bytes, nodes: Sequence[Node] | None = None, fs: str = "fat32", **more: object
) -> None:
    """The lost stick, with its list unless it has these nodes, a Windows PC, and the register."""
    plain_stick(s, listed(s) if nodes is None else nodes, fs, **{"container": "raw", **more})
    s.item("PC1", "pc", pc_data, fs="ntfs", zone=None)
    s.register()


def stick_and_server(
    s: Story, log: bytes, more: dict[str, tuple[bytes, dt.datetime]] | None = None
) -> None:
    """An empty stick and a server with the register in EUC-JP."""
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16", "none")
    s.item(
        "SV1",
        "server",
        server(listing(s.residents, tuple(FIELDS), encoding="euc_jp"), log, more),
        "split.001",
        fs="ext",
    )
    s.register(encoded(listing(s.residents, tuple(FIELDS), encoding="utf-8").decode(), "cp932"))
    s.matched("SV1", "juki_daicho.txt", 400)
    s.persons(400, 400)
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "refuted", "nothing personal")
    s.forbid("copy", "there is no copy")
    s.quiet()


def registered(s: Story) -> None:
    """The owner's paper: a register of media with the lost stick alone."""
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
