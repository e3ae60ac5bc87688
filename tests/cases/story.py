"""What a story is told with: a small whole case, and beside it its truth in the form of score.py.

A story states people, media, papers and what a careful examiner may and may not say of them
(domain.md 2, 6, 7). Everything follows from the seed; only ext4 needs a tool (mke2fs).
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import io
import json
import os
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixtures import people
from fixtures.disk import JST, Node, mbr
from fixtures.ewf import e01
from fixtures.fat import exfat_volume, fat_volume
from fixtures.gpt import gpt
from fixtures.lnk import Target, link
from fixtures.ntfs import ntfs_volume
from fixtures.people import Person
from fixtures.windows import (
    NAMESPACE,
    Host,
    Stick,
    ntuser_hive,
    setupapi_log,
    software_hive,
    system_hive,
)
from tests.evidence.make_ewf import make_ewf

MIB = 1 << 20
START = 2048  # first sector of a partition
FIELDS = dict(zip(
    ("code", "number", "name", "kana", "born", "sex", "postcode", "address", "phone", "mail"), people.HEADER, strict=True,
))  # fmt: skip
USUAL = ("code", "name", "kana", "born", "postcode", "address", "phone")
SIZES = {"fat12": 4, "fat16": 8, "fat32": 34, "exfat": 8, "ntfs": 10}  # MiB
CLUSTERS = {"fat12": 2048, "fat16": 1024, "fat32": 512}
MBR_KINDS = {"fat12": 0x01, "fat16": 0x06, "fat32": 0x0C, "exfat": 0x07, "ntfs": 0x07, "ext4": 0x83}


def at(
    day: int, hour: int, minute: int = 0, second: int = 0, month: int = 6, year: int = 2023
) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=JST)


WINDOW = at(9, 18, 30), at(12, 9)
BEFORE, AFTER = at(2, 10, 15), at(14, 11)  # days on which nothing is wrong
FIXED_CLOCK = {
    **os.environ,
    "E2FSPROGS_FAKE_TIME": str(int(BEFORE.timestamp())),
}  # of mke2fs and debugfs
INSIDE = at(10, 21, 4, 38)


# Lists ----------------------------------------------------------------------------------------


def encoded(text: str, encoding: str) -> bytes:
    """Text as the program that wrote it would: CP932 as Windows does, the rest without 髙."""
    if encoding == "cp932":
        return people.cp932(text)
    if encoding in ("euc_jp", "iso2022_jp"):
        text = text.replace("髙", "高")
    boms = {"utf-16-le-bom": "\ufeff", "utf-16-be-bom": "\ufeff"}
    return (boms.get(encoding, "") + text).encode(encoding.removesuffix("-bom"))


def listing(
    persons: Sequence[Person],
    columns: Sequence[str] = USUAL,
    *,
    encoding: str = "cp932",
    separator: str = ",",
    quoted: bool = False,
    header: Mapping[str, str] | bool = True,
    newline: str = "\r\n",
    write: Callable[[str, str], str] = lambda _field, value: value,
) -> bytes:
    """A list of people. write: (field, value of the register) -> text of the cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=separator, lineterminator=newline,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )  # fmt: skip
    if header:
        names = FIELDS | (header if isinstance(header, dict) else {})
        writer.writerow([names[column] for column in columns])
    for person in persons:
        writer.writerow([write(column, getattr(person, column)) for column in columns])
    return encoded(out.getvalue(), encoding)


def note(text: str) -> bytes:
    """A harmless text file of Windows."""
    return people.cp932(text.replace("\n", "\r\n"))


# Volumes, disks, containers -------------------------------------------------------------------


def volume(
    fs: str, nodes: Sequence[Node], *, label: str = "DATA", serial: int = 0x5A11C0DE, start: int = 0,
    size: int | None = None, **more: object,
) -> bytes:  # fmt: skip
    """A volume of the file system; start: first sector of its partition."""
    size = size or SIZES[fs] * MIB
    if fs == "exfat":
        return exfat_volume(nodes, size, label=label, serial=serial, start_sector=start, **more)
    if fs == "ntfs":
        return ntfs_volume(
            nodes,
            size,
            label=label,
            serial=serial,
            made=at(1, 9, month=2),
            start_sector=start,
            **more,
        )
    more = {"cluster": CLUSTERS[fs], **more}
    return fat_volume(
        nodes, int(fs[3:]), size, label=label, serial=serial, hidden_sectors=start, **more
    )


def disk(fs: str, scheme: str, nodes: Sequence[Node], **more: object) -> bytes:
    """A disk with one volume; scheme: none, mbr, gpt."""
    if scheme == "none":
        return volume(fs, nodes, **more)
    made = volume(fs, nodes, start=START, **more)
    if scheme == "gpt":
        return gpt(made, START, 0x77AA)
    return mbr(made, MBR_KINDS[fs], START, 0x00C1A7B2)


def ext4(
    files: Mapping[str, tuple[bytes, dt.datetime]],
    size: int = 12 * MIB,
    features: Sequence[str] = (),
) -> bytes:
    """An ext4 volume made by mke2fs. files: path -> (content, when it was modified, read and changed).

    Directories are of BEFORE. The same arguments give the same bytes, but for the checksums of another mke2fs.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        for name, (content, _) in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        times = dict.fromkeys((root, *root.rglob("*")), BEFORE)
        times |= {root / name: when for name, (_, when) in files.items()}
        for path, when in times.items():
            os.utime(path, (when.timestamp(), when.timestamp()))
        image = Path(folder) / "image"
        identity = str(uuid.uuid5(NAMESPACE, "ext4"))
        subprocess.run(
            ["mke2fs", "-q", "-t", "ext4", *features, "-d", root, "-U", identity,
             "-E", f"root_owner=0:0,lazy_itable_init=0,hash_seed={identity}", image, f"{size >> 10}k"],
            check=True, capture_output=True, env=FIXED_CLOCK,
        )  # fmt: skip
        orders = [
            f'sif "/{path.relative_to(root)}" {field}{extra} {value}'
            for path, when in [*times.items(), (root / "lost+found", BEFORE)]
            for field in ("atime", "ctime")
            for extra, value in (("", f"@{int(when.timestamp())}"), ("_extra", 0))
        ]
        subprocess.run(
            ["debugfs", "-w", "-f", "-", image], input="\n".join(orders).encode(), check=True, capture_output=True, env=FIXED_CLOCK,
        )  # fmt: skip
        return image.read_bytes()


def segments(data: bytes, how: str) -> dict[str, bytes]:
    """File ending -> bytes of the container; the first one goes into case.toml."""
    if how.startswith("split"):
        piece = -(-len(data) // 3 // 512) * 512
        names = {
            "split.001": ("001", "002", "003"),
            "split.000": ("000", "001", "002"),
            "split.aa": ("aa", "ab", "ac"),
        }
        return {end: data[i * piece : (i + 1) * piece] for i, end in enumerate(names[how])}
    if how == "e01":
        return {"E01": e01(data, number="7", description="stick", examiner="x", acquired=AFTER)}
    if how == "e01s":
        made = make_ewf(
            data, chunk_sectors=64, table_chunks=32, segment_tables=-(-len(data) // (5 * MIB))
        )
        return {f"E{number:02}": part for number, part in enumerate(made, 1)}
    return {how: data}


# Hosts ----------------------------------------------------------------------------------------


def stick(
    serial: str,
    volume_serial: int,
    arrived: dt.datetime = INSIDE,
    label: str = "DATA",
    **more: object,
) -> Stick:
    """A stick as a PC knows it; used for twenty minutes."""
    known = {
        "vendor": "Kumo", "product": "Slim_32", "usb_id": "VID_F055&PID_0101", "letter": "E",
        "installed": min(at(1, 9, 12, month=4), arrived), "removed": arrived + dt.timedelta(minutes=20), **more,
    }  # fmt: skip
    return Stick(serial=serial, label=label, volume_serial=volume_serial, arrived=arrived, **known)


HOST = Host("NAMI-PC3", "jimu03", "S-1-5-21-3301-2202-1103-1004", at(1, 9, month=2), at(14, 18))


def shortcut(
    path: str, size: int, serial: int, when: dt.datetime, label: str = "DATA"
) -> tuple[str, bytes, dt.datetime]:
    """(name, content, when born) of a link in Recent."""
    target = Target(path, size, at(1, 10), at(1, 9), when, serial, label)
    name = path.rpartition("\\")[2] + ".lnk"
    return name, link(target, HOST.name, uuid.uuid5(NAMESPACE, path)), when


def pc(
    sticks: Sequence[Stick] = (), links: Sequence[tuple[str, bytes, dt.datetime]] = (), more: Sequence[Node] = (), *,
    scheme: str = "mbr", host: Host = HOST, china: bool = False, size: int = 12 * MIB,
) -> bytes:  # fmt: skip
    """A Windows 10 PC: hives, setupapi log, links, and what the story adds. china: zone UTC+8."""
    home, config = f"Users/{host.account}", "Windows/System32/config"
    system, log = (
        system_hive(host, sticks or [stick("KEYBOARD00", 1, host.made)]),
        setupapi_log(sticks, dt.timezone(dt.timedelta(minutes=-host.zone[2]))),
    )
    if china:
        system = system.replace("Tokyo".encode("utf-16-le"), "China".encode("utf-16-le"))
        system = system.replace(
            (-540 & 0xFFFFFFFF).to_bytes(4, "little"), (-480 & 0xFFFFFFFF).to_bytes(4, "little")
        )
    opened = [
        (when, name.removesuffix(".lnk"))
        for name, _, when in sorted(links, key=lambda entry: entry[2])
    ]
    nodes = [
        Node(f"{config}/SYSTEM", system, host.stopped, host.made),
        Node(f"{config}/SOFTWARE", software_hive(host, sticks), host.stopped, host.made),
        Node("Windows/INF/setupapi.dev.log", log, BEFORE, host.made),
        Node(f"{home}/NTUSER.DAT", ntuser_hive(host, sticks, opened), host.stopped, host.made),
        *(Node(f"{home}/AppData/Roaming/Microsoft/Windows/Recent/{name}", data, when) for name, data, when in links),
        *more,
    ]  # fmt: skip
    return disk("ntfs", scheme, nodes, label="Windows", serial=0x4E2C91D05B7A36E8, size=size)


def samba_log(
    first: dt.datetime, last: dt.datetime, events: Sequence[tuple[dt.datetime, str, str]] = (), *, hours: float = 2,
    gap: tuple[dt.datetime, dt.datetime] | None = None, account: str = "jimu03",
) -> bytes:  # fmt: skip
    """smbd_audit lines of memo files every `hours`, and events: (time, account, path)."""
    lines, when, number = [], first, 0
    while when <= last:
        if not gap or not gap[0] <= when < gap[1]:
            lines.append((when, account, f"memo{number % 7}.txt"))
        when, number = when + dt.timedelta(hours=hours), number + 1
    return "".join(
        f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv smbd_audit[2211]: {who}|192.0.2.10|{HOST.name}|office|openat|ok|r|{path}\n"
        for when, who, path in sorted([*lines, *events])
    ).encode()


def server(
    register: bytes, log: bytes, more: Mapping[str, tuple[bytes, dt.datetime]] | None = None
) -> bytes:
    """A Samba server with the register and its audit log."""
    made = at(5, 9, month=1)
    conf = (
        "[global]\n  workgroup = NAMI\n  full_audit:prefix = %u|%I|%m|%S\n[office]\n  path = /srv/office\n"
        "  vfs objects = full_audit\n  full_audit:success = openat read pread\n"
    )
    return ext4({
        "etc/hostname": (b"nami-sv\n", made), "etc/timezone": (b"Asia/Tokyo\n", made),
        "etc/samba/smb.conf": (conf.encode(), made),
        "etc/passwd": (b"root:x:0:0:root:/root:/bin/bash\njimu03:x:1003:1003::/home/jimu03:/bin/sh\n", made),
        "srv/office/juki_daicho.txt": (register, at(1, 4, 30)),
        "srv/office/memo0.txt": (note("会議は10時から\n"), at(1, 9)),
        "var/log/samba/audit.log": (log, AFTER),
        **(more or {}),
    })  # fmt: skip


# A case with its truth ------------------------------------------------------------------------


@dataclass
class Story:
    """A case under construction. Truths: `need`, `allow`, `forbid` of facts, `answer` of verdicts."""

    name: str
    seed: int = 1
    window: tuple[dt.datetime, dt.datetime] | None = WINDOW
    arguments: tuple[str, ...] = ()
    exits: tuple[int, ...] = (0, 3)
    stops: bool = False  # the run must stop before it has findings
    title: str = "試験"
    zone: str | None = "Asia/Tokyo"  # of the case file
    files: dict[str, bytes] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    tail: dict[str, list[str]] = field(default_factory=lambda: {"register": [], "papers": []})
    secrets: set[str] = field(default_factory=set)
    truth: dict[str, list] = field(default_factory=lambda: {key: [] for key in (
        "facts_required", "facts_allowed", "facts_forbidden", "answers", "evidence", "coverage")})  # fmt: skip
    closed: dict[str, str] = field(default_factory=dict)
    counted: dict[str, object] = field(default_factory=dict)

    @functools.cached_property
    def residents(self) -> list[Person]:
        """The 400 people of the register; every tenth is looked for in the outputs."""
        made = people.register(self.seed, 400)
        self.hide(made[::10])
        return made

    def hide(self, persons: Sequence[Person]) -> None:
        self.secrets.update(*(person.secrets() for person in persons))

    def need(self, kind: str, why: str, **match: object) -> None:
        self.truth["facts_required"].append({"kind": kind, "match": match, "why": why})

    def allow(self, kind: str, why: str, **match: object) -> None:
        self.truth["facts_allowed"].append({"kind": kind, "match": match, "why": why})

    def forbid(self, kind: str, why: str, **match: object) -> None:
        self.truth["facts_forbidden"].append({"kind": kind, "match": match, "why": why})

    def answer(self, topic: str, subjects: str, allowed: str, why: str, **more: object) -> None:
        """subjects, allowed: parted by spaces."""
        self.truth["answers"].append(
            {
                "topic": topic,
                "subject": subjects.split(),
                "allowed": allowed.split(),
                "why": why,
                **more,
            }
        )

    def persons(self, least: int, most: int | None = None) -> None:
        """This many persons lie on the items; most: how many a careful count may allow for."""
        self.counted = {
            "at_least": {"min": least - least // 50, "max": least}, "at_most": {"min": least, "max": most or least + 10},
        }  # fmt: skip

    def item(
        self, name: str, role: str, data: bytes, container: str = "raw", *, declared: str = "good",
        fs: str | None = None, lost: Sequence[str] = (), complete: bool = True, serial: str | None = None,
        authorised: bool | None = None, zone: str | None = "Asia/Tokyo", lines: Sequence[str] = (),
        spoil: Callable[[dict[str, bytes]], dict[str, bytes]] = lambda parts: parts,
    ) -> None:  # fmt: skip
        """A medium or host. lost: segments that are missing; fs: the truth of its volume."""
        parts = spoil(segments(data, container))
        stem = name.lower()
        self.files |= {
            f"images/{stem}.{end}": part for end, part in parts.items() if end not in lost
        }
        digest = hashlib.sha256(data).hexdigest()
        told = {"good": digest, "wrong": digest[::-1], "none": None}[declared]
        entry = [
            "",
            "[[evidence]]",
            f'id = "{name}"',
            f'role = "{role}"',
            f'image = "images/{stem}.{next(iter(parts))}"',
        ]
        entry += [f'sha256 = "{told}"'] * bool(told) + [f'serial = "{serial}"'] * bool(serial)
        entry += [f"authorised = {str(authorised).lower()}"] * (authorised is not None)
        entry += [f'timezone = "{zone}"'] * bool(zone)
        self.items += [*entry, *lines]
        self.truth["evidence"].append({
            "id": name, "role": role, "size": len(data), "sha256": digest, "declared": declared, "complete": complete,
        })  # fmt: skip
        if told and complete:
            self.need(
                "digest",
                "declared digest",
                evidence=name,
                against="declared",
                match=declared == "good",
            )
        if fs:
            self.need("volume", "its file system", evidence=name, filesystem={"re": f"(?i){fs}"})

    def register(
        self,
        data: bytes | None = None,
        name: str = "register.csv",
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.files[name] = listing(self.residents, tuple(FIELDS)) if data is None else data
        self.tail["register"] = ["", "[register]", f'file = "{name}"']
        if columns:
            self.tail["register"] += [
                "[register.columns]",
                *(f'"{key}" = "{kind}"' for key, kind in columns.items()),
            ]

    def paper(self, kind: str, name: str, data: bytes | str) -> None:
        self.files[f"papers/{name}"] = note(data) if isinstance(data, str) else data
        self.tail["papers"] = self.tail["papers"] or ["", "[papers]"]
        self.tail["papers"].append(f'{kind} = "papers/{name}"')

    # What most stories say in the same way

    def matched(
        self, item: str, path: str | None, persons: int, state: str = "allocated", **more: object
    ) -> None:
        """So many people of the register lie there."""
        where = {"path": {"contains": path}} if path else {}
        about = {"min": persons - persons // 50, "max": persons + persons // 50}
        self.need(
            "register_match",
            f"{persons} residents",
            evidence=item,
            state=state,
            persons=about,
            **where,
            **more,
        )

    def nobody(self, item: str) -> None:
        self.forbid("register_match", "nobody of the register is there", evidence=item)
        self.forbid("personal_data", "nobody is there", evidence=item, persons={"min": 3})

    def connected(
        self, used: Stick, *, registered: object, host: str = "PC1", name: str = HOST.name
    ) -> None:
        self.need(
            "connection", "the registry says so", host={"any": [host, name]},
            medium_serial={"re": f"^{used.serial}(&[0-9A-F]+)?$"}, last={"covers": utc(used.arrived), "slack": 2},
            registered=registered,
        )  # fmt: skip

    def opened(
        self, path: str, when: dt.datetime, host: str = "PC1", name: str = HOST.name, **more: object
    ) -> None:
        self.need(
            "open", "opened then", host={"any": [host, name]}, path={"contains": path},
            time={"covers": utc(when), "slack": 2, "max_width": 60}, **more,
        )  # fmt: skip

    def quiet(self) -> None:
        """Nobody touched the bytes: no sign of tampering may be told."""
        self.forbid("tamper", "nothing was tampered with")

    def save(self, folder: Path) -> Path:
        """Write the case; gives its case.toml."""
        text = ["[case]", f'id = "{self.name}"', f'title = "{self.title}"', 'examiner = "試験"',
                *([f'timezone = "{self.zone}"'] if self.zone else []), 'languages = ["ja", "en"]', 'pipeline = "leak_check"']  # fmt: skip
        if self.window:
            text += [
                "",
                "[window]",
                f"from = {self.window[0].isoformat()}",
                f"until = {self.window[1].isoformat()}",
            ]
        text += [*self.items, *self.tail["register"], *self.tail["papers"], ""]
        run = {"args": list(self.arguments), "exit": list(self.exits)} | (
            {"findings": "optional"} if self.stops else {}
        )
        truth = {
            "schema": "forensics-truth/1", "case": self.name, "seed": self.seed, "run": run, **self.truth,
            "closed_kinds": self.closed, "persons": self.counted, "secrets": sorted(self.secrets), "planted": [],
        }  # fmt: skip
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
        (folder / "case.toml").write_text("\n".join(text), "utf-8")
        return folder / "case.toml"


def utc(when: dt.datetime) -> str:
    return f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
