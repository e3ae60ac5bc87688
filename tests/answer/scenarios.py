"""The committee's scenarios (domain.md 7) as small hand-made tables, and what must be said of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from forensics import schema
from forensics.case import Case, Item
from forensics.values import interval, micros

WINDOW = (
    micros(dt.datetime(2022, 6, 21, 10, 30, tzinfo=dt.UTC)),
    micros(dt.datetime(2022, 6, 24, 3, tzinfo=dt.UTC)),
)
SERIAL = "AB12CD34EF"
PERSONS = 200
HIVE = "PC1:p1:/Windows/System32/config/SYSTEM"
EVTX = "PC1:p1:/Windows/System32/winevt/Logs"
LOG = "SV1:p0:/var/log/samba/audit.log"


def utc(*when, width=1):
    return interval(micros(dt.datetime(*when, tzinfo=dt.UTC)), width, "utc")


BEFORE, IN, AFTER = utc(2022, 5, 1), utc(2022, 6, 22, 1), utc(2022, 8, 1)


class Scene:
    """A case in the making: items, and rows of tables."""

    def __init__(self, *, register=True, window=WINDOW):
        self.items = []
        self.rows = {
            "controls": [
                {
                    "detector": "my_number",
                    "carrier": "plain",
                    "encoding": "utf-8",
                    "planted": 3,
                    "found": 3,
                }
            ]
        }
        self.register = PERSONS if register else None
        self.window = window

    def add(self, table, **row):
        self.rows.setdefault(table, []).append(row)
        return self

    def item(
        self,
        name,
        role="medium",
        size=1000,
        *,
        filesystem="fat32",
        serial=None,
        verified=True,
        outcome="examined",
        reason=None,
        **more,
    ):
        """An item with one volume over all of it."""
        self.items.append(
            Item(name, role, Path(name), name, serial=serial, digests=(("sha256", "ab"),), **more)
        )
        digest = "a" * 64 if verified else "b" * 64
        self.add("evidence", evidence=name, role=role, label="", size=size, sha256=digest, serial=serial,
                 declared="sha256:" + "a" * 64, stored=[], verified=verified, authorised=more.get("authorised"), reason=reason)  # fmt: skip
        volume = {"medium": "1A2B3C4D", "pc": "00000000E942DEEC"}.get(role)
        self.add("volumes", evidence=name, volume="p0" if role == "server" else "p1", start=0, length=size,
                 filesystem=filesystem, serial=volume, outcome="locked" if outcome == "locked" else "examined")  # fmt: skip
        self.add(
            "ledger",
            evidence=name,
            start=0,
            length=size,
            outcome=outcome,
            reason=reason,
            **{"class": "content"},
        )
        return self

    def stick(self, *, files=True, **more):
        """The lost stick, with names from before the loss."""
        self.item("USB1", serial=SERIAL, authorised=True, **more)
        return self.file("USB1:p1:/docs/a.txt", BEFORE) if files else self

    def file(self, address, born, modified=None, state="allocated"):
        evidence, volume, path = address.split(":")
        return self.add("files", evidence=evidence, volume=volume, path=path.split("#")[0], address=address, kind="file",
                        state=state, born=born, modified=modified or born)  # fmt: skip

    def pc(self, **more):
        self.item("PC1", "pc", 2000, filesystem="ntfs", **more)
        self.add(
            "settings",
            evidence="PC1",
            name="computer_name",
            value="OFFICE-PC",
            address=f"{HIVE}@1+2",
        )
        self.file("PC1:p1:/Windows/System32/config/SYSTEM", BEFORE, AFTER)
        return self.device("OTHER99", BEFORE, BEFORE, BEFORE)  # another stick: the positive control

    def server(self):
        self.item("SV1", "server", 3000, filesystem="ext4")
        self.add(
            "settings", evidence="SV1", name="hostname", value="sv", address="SV1:p0:/etc/hostname"
        )
        return self.held("SV1:p0:/srv/office/register.txt", "d-register")

    def device(self, serial, first, last, removed=None, host="PC1"):
        for n, (kind, when) in enumerate(
            (
                ("device_first_installed", first),
                ("device_connected", last),
                ("device_removed", removed),
            )
        ):
            if when is not None:
                self.add("traces", evidence=host, kind=kind, source="usb_devices", family="pnp", time=when, medium_serial=serial,
                         label="Stick", address=f"{HIVE}@{1000 + sum(serial.encode()) * 10 + n}+8")  # fmt: skip
        return self

    def lnk(self, path, when, volume="1A2B3C4D", size=99):
        for which in ("first", "last"):
            self.add("traces", evidence="PC1", kind="file_opened", source="lnk", family="shell", time=when, account="sato",
                     volume_serial=volume, letter=path[0], path=path, size=size, detail=f"which={which};drive_type=removable",
                     address=f"PC1:p1:/Users/sato/Recent/{path[-8:-4]}.lnk@0+400")  # fmt: skip
        return self

    def held(
        self, address, digest, persons=PERSONS, state="allocated", extract="unknown", token="r"
    ):
        """A content with records of persons."""
        evidence = address.split(":")[0].split("@")[0]
        if digest:
            self.add(
                "contents", address=address, evidence=evidence, state=state, size=99, sha256=digest
            )
        where = address if "@" in address else f"{address}@0+99"
        self.add("records", address=where, evidence=evidence, state=state, kinds=["my_number", "name"], rows=persons,
                 persons=persons, register_persons=persons, extract=extract)  # fmt: skip
        for n in range(persons):
            self.add("people", address=where, evidence=evidence, token=f"{token}:{n}")
        return self

    def log(self, first=BEFORE, last="2022-08-01T00:00:00Z", control=BEFORE):
        self.add("traces", evidence="SV1", kind="log_span", source="samba_audit", family="net", time=first,
                 detail=f"last={last};records=9;usual_seconds=3600;gaps=0", address=LOG)  # fmt: skip
        return self.read("memo.txt", control, 1) if control else self

    def read(self, path, when, number=2, account="sato"):
        return self.add("traces", evidence="SV1", kind="file_read", source="samba_audit", family="net", time=when,
                        account=account, path=path, record_number=number, address=f"{LOG}@{number * 100}+99")  # fmt: skip

    def paper(self, paper, row, **more):
        return self.add(
            "papers",
            paper=paper,
            row=row,
            sheet="s",
            address=f"papers:/{paper}.csv!~row:{row}",
            **more,
        )

    def registered(self, *serials):
        for row, serial in enumerate(serials, 2):
            self.paper("media_register", row, item=f"M-{row}", serial=serial)
        return self

    def case(self):
        return Case(
            id="scene", source=Path("case.toml"), folder=Path("scene"), keys_folder=Path("keys"),
            evidence=tuple(self.items), title="場面", timezone="Asia/Tokyo", window=self.window,
            register_persons=self.register,
        )  # fmt: skip

    def tables(self):
        return {name: schema.to_arrow(name, found) for name, found in self.rows.items()}


def at(*when):
    """A local wall clock of a minute."""
    return interval(micros(dt.datetime(*when, tzinfo=dt.UTC)), 60_000_000, "local:unknown")


# name -> (scene, answers {(question, subject): (verdict, confidence or None, reason codes contained)}, fact kinds that must not be)
SCENES = {
    "7.1 found untouched, no host": (
        Scene().stick().held("USB1:p1:/docs/a.txt", "d1"),
        {
            ("Q02", "USB1"): ("confirmed", "C6", ()),
            ("Q03", "USB1"): ("confirmed", "C4", ()),
            ("Q04", "USB1"): ("no_trace", "C3", ()),
            ("Q05", "USB1"): ("undetermined", None, ("READ_LEAVES_NO_TRACE",)),
            ("Q05", "case"): ("undetermined", None, ("READ_LEAVES_NO_TRACE",)),
            ("Q06", "USB1"): ("undetermined", None, ("OUTSIDE_EVIDENCE",)),
            ("Q11", "USB1"): ("undetermined", None, ("READ_LEAVES_NO_TRACE",)),
            ("Q01", "case"): ("undetermined", None, ("READ_LEAVES_NO_TRACE", "OUTSIDE_EVIDENCE")),
            ("Q20", "USB1"): ("confirmed", "C6", ()),
            ("Q23", "USB1"): ("refuted", "C4", ()),
            ("Q21", "case"): ("confirmed", "C4", ()),
            ("Q22", "case"): ("confirmed", "C4", ()),
        },
        ("tamper", "connection", "copy"),
    ),
    "7.3 only WPSettings.dat born": (
        Scene().stick().file("USB1:p1:/System Volume Information/WPSettings.dat", IN),
        {
            ("Q04", "USB1"): ("confirmed", "C2", ()),
            ("Q05", "USB1"): ("confirmed", "C2", ()),
            ("Q11", "USB1"): ("undetermined", None, ("READ_LEAVES_NO_TRACE",)),
        },
        ("connection", "tamper"),
    ),
    "7.4 formatted and refilled": (
        Scene().stick(files=False).file("USB1:p1:/DCIM/1.jpg", IN).held("USB1@4096+99", None, state="unallocated"),
        {
            ("Q03", "USB1"): ("confirmed", "C4", ()),
            ("Q04", "USB1"): ("confirmed", "C2", ()),
            ("Q05", "USB1"): ("confirmed", "C2", ()),
            ("Q15", "USB1"): ("confirmed", "C3", ()),
            ("Q06", "case"): ("undetermined", None, ("FORMATTED",)),
        },
        (),
    ),
    "7.5 copied to an unregistered stick that nobody has": (
        Scene().stick().pc().held("USB1:p1:/docs/list.csv", "d1").device("ZZ99ZZ99", IN, IN, IN).registered(SERIAL, "OTHER99")
        .add("traces", evidence="PC1", kind="volume_seen", source="volume_names", family="storage", medium_serial="ZZ99ZZ99",
             volume_serial="55556666", address=f"{HIVE}@5+8")
        .lnk("F:\\list.csv", IN, "55556666"),
        {
            ("Q12", "PC1"): ("confirmed", "C4", ()),
            ("Q12", "case"): ("confirmed", "C4", ()),
            ("Q06", "USB1"): ("undetermined", None, ("OUTSIDE_EVIDENCE",)),
            ("Q03", "ZZ99ZZ99"): ("not_examined", None, ()),
            ("Q05", "ZZ99ZZ99"): ("not_examined", None, ()),
            ("Q09", "PC1×ZZ99ZZ99"): ("confirmed", "C4", ()),
            ("Q09", "PC1×USB1"): ("no_trace", "C3", ()),
            ("Q05", "PC1×USB1"): ("no_trace", "C3", ()),
            ("Q05", "USB1"): ("undetermined", None, ("READ_LEAVES_NO_TRACE",)),
        },
        ("copy",),
    ),
    "7.8 locked archive": (
        Scene().stick(outcome="locked", reason="LOCKED"),
        {
            ("Q03", "USB1"): ("undetermined", None, ("LOCKED",)),
            ("Q19", "USB1"): ("undetermined", None, ("LOCKED",)),
            ("Q20", "USB1"): ("refuted", "C6", ("LOCKED",)),
            ("Q04", "USB1"): ("undetermined", None, ("LOCKED",)),
            ("Q21", "case"): ("undetermined", None, ("LOCKED",)),
            ("Q22", "case"): ("undetermined", None, ("LOCKED",)),
        },
        ("personal_data",),
    ),
    "7.10 the same residents, another extract": (
        Scene().stick().pc().held("USB1:p1:/docs/list.csv", "d1").held("PC1:p1:/old.csv", "d2", extract="other"),
        {
            ("Q25", "PC1"): ("refuted", "C4", ("OTHER_EXTRACT",)),
            ("Q06", "USB1"): ("undetermined", None, ("OTHER_EXTRACT",)),
            ("Q19", "PC1"): ("confirmed", "C4", ()),
        },
        ("copy",),
    ),
    "7.16 log cleared after the loss": (
        Scene().stick().pc().device(SERIAL, BEFORE, IN)
        .add("traces", evidence="PC1", kind="log_cleared", source="evtx", family="security", time=AFTER, address=f"{EVTX}/Security.evtx@9+9"),
        {
            ("Q15", "PC1"): ("confirmed", "C3", ()),
            ("Q05", "PC1×USB1"): ("confirmed", "C3", ()),
            ("Q11", "PC1"): ("undetermined", None, ("LOG_CLEARED",)),
        },
        (),
    ),
    "7.16 log cleared long before": (
        Scene().stick().pc()
        .add("traces", evidence="PC1", kind="log_cleared", source="evtx", family="security", time=BEFORE, address=f"{EVTX}/Security.evtx@9+9"),
        {("Q05", "PC1×USB1"): ("no_trace", "C3", ())},
        (),
    ),
    "7.17 the log begins after the window": (
        Scene().stick().server().log(first=AFTER, control=AFTER),
        {("Q13", "SV1"): ("undetermined", None, ("HORIZON_SHORT",))},
        ("tamper",),
    ),
    "7.18 a later arrival hides the window": (
        Scene().stick().pc().device(SERIAL, BEFORE, AFTER),
        {
            ("Q05", "PC1×USB1"): ("undetermined", None, ("LAST_VALUE_ONLY",)),
            ("Q09", "PC1×USB1"): ("confirmed", "C3", ()),
        },
        (),
    ),
    "7.24 a digest differs": (
        Scene().stick(verified=False).held("USB1:p1:/docs/a.txt", "d1"),
        {
            ("Q02", "USB1"): ("refuted", "C6", ("DIGEST_MISMATCH",)),
            ("Q03", "USB1"): ("undetermined", None, ("DIGEST_MISMATCH",)),
            ("Q04", "USB1"): ("undetermined", None, ("DIGEST_MISMATCH",)),
        },
        (),
    ),
    "7.24 a segment is missing": (
        Scene().stick(outcome="unreadable", reason="MISSING_SEGMENT"),
        {
            ("Q02", "case"): ("refuted", "C6", ()),
            ("Q03", "USB1"): ("undetermined", None, ("MISSING_SEGMENT",)),
        },
        (),
    ),
    "7.28 no serial of its own": (
        Scene().stick().pc().device("6&2A6F4B0&0", IN, IN).registered(SERIAL, "OTHER99"),
        {("Q12", "PC1"): ("undetermined", None, ("NO_SERIAL",))},
        (),
    ),
    "copied to the PC and opened": (
        Scene().stick().pc().held("USB1:p1:/docs/list.csv", "d1").held("PC1:p1:/$Recycle.Bin/$R1.csv", "d1")
        .device(SERIAL, BEFORE, IN, IN).lnk("E:\\docs\\list.csv", IN).registered(SERIAL, "OTHER99")
        .paper("take_out", 2, item="M-2", action="take_out", time=at(2022, 5, 1, 8), until=at(2022, 5, 1, 18)),
        {
            ("Q05", "USB1"): ("confirmed", "C4", ()),
            ("Q05", "PC1"): ("confirmed", "C4", ()),
            ("Q06", "USB1"): ("confirmed", "C6", ()),
            ("Q06", "PC1"): ("confirmed", "C6", ()),
            ("Q11", "PC1×USB1"): ("confirmed", "C2", ()),
            ("Q25", "PC1"): ("confirmed", "C6", ()),
            ("Q16", "case"): ("refuted", "C3", ()),
            ("Q17", "case"): ("refuted", "C3", ()),
            ("Q01", "case"): ("confirmed", "C2", ()),
        },
        (),
    ),
    "nobody read the register": (
        Scene().stick().server().log(),
        {
            ("Q03", "USB1"): ("refuted", "C6", ()),
            ("Q03", "case"): ("refuted", "C6", ()),
            ("Q13", "SV1"): ("no_trace", "C3", ()),
            ("Q06", "USB1"): ("no_trace", "C3", ()),
            ("Q19", "SV1"): ("confirmed", "C4", ()),
        },
        ("copy", "open"),
    ),
    "the register was read by a listed account": (
        Scene().stick().server().log().read("register.txt", IN).paper("accounts", 2, item="sato"),
        {("Q13", "SV1"): ("undetermined", None, ("NO_BASELINE",))},
        (),
    ),
    "the register was read by an unknown account": (
        Scene().stick().server().log().read("register.txt", IN, account="ghost").paper("accounts", 2, item="sato"),
        {("Q13", "SV1"): ("confirmed", "C3", ()), ("Q16", "accounts"): ("refuted", "C3", ())},
        (),
    ),
    "nobody audited reads": (
        Scene().stick().server().log(control=None),
        {("Q13", "SV1"): ("undetermined", None, ("NO_POSITIVE_CONTROL",))},
        (),
    ),
    "no window": (
        Scene(window=None).stick().pc(),
        {("Q04", "USB1"): ("undetermined", None, ("NO_WINDOW",)), ("Q05", "case"): ("undetermined", None, ("NO_WINDOW",))},
        (),
    ),
    "erased, says the certificate": (
        Scene().stick().held("USB1@4096+99", None, state="unallocated").paper("erasure", 2, serial=SERIAL),
        {("Q18", "USB1"): ("refuted", "C3", ()), ("Q18", "case"): ("refuted", "C3", ())},
        (),
    ),
}  # fmt: skip
