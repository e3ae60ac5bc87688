"""Which records on a host are another computer's."""

from __future__ import annotations

import pytest

from forensics.correlate import foreign

HOME = "PC1:p1:/Windows/System32"
OWN = {"evidence": "PC1", "name": "computer_name", "value": "NAMI-PC3", "address": f"{HOME}/config/SYSTEM@9+1"}  # fmt: skip


def hive(address, name, evidence="PC1"):
    return {"evidence": evidence, "name": "computer_name", "value": name, "address": address}


def record(address, on):
    return {"evidence": "PC1", "address": address, "detail": f"on={on};event=1" if on else None}


@pytest.mark.parametrize(
    ("address", "name", "folder"),
    [
        ("PC1:p1:/backup/SYSTEM@9+1", "NAMI-PC9", "PC1:p1:/backup"),
        ("PC1:p1:/a.zip!hives/SYSTEM@9+1", "NAMI-PC9", "PC1:p1:/a.zip!hives"),
        ("PC1:p1:/backup/SYSTEM@9+1", "nami-pc3", None),
        (f"{HOME}/config/RegBack/SYSTEM@9+1", "WIN-8H2K", None),
        ("PC1:p1:/Windows.old/WINDOWS/System32/config/SYSTEM@9+1", "WIN-8H2K", None),
    ],
)
def test_hives_that_were_collected(address, name, folder):
    assert foreign.hives([OWN, hive(address, name)]) == ({folder: name} if folder else {})


def test_a_host_without_a_name_of_its_own_keeps_all():
    assert foreign.hives([hive("PC1:p1:/backup/SYSTEM@9+1", "NAMI-PC9")]) == {}
    assert foreign.logs([record("PC1:p1:/x.evtx@1+2", "NAMI-PC9")], []) == frozenset()


@pytest.mark.parametrize(
    ("address", "on", "theirs"),
    [
        ("PC1:p1:/Users/a/Desktop/x.evtx@1+2", "NAMI-PC9.nami.local", True),
        ("PC1:p1:/Users/a/Desktop/x.evtx@1+2", "NAMI-PC3.nami.local", False),
        ("PC1:p1:/Users/a/Desktop/x.evtx@1+2", None, False),
        (f"{HOME}/winevt/Logs/Security.evtx@1+2", "WIN-8H2K", False),
    ],
)
def test_logs_that_were_exported(address, on, theirs):
    rows = [record(address, on), record(address.replace("@1", "@7"), None)]
    others = foreign.logs(rows, [OWN])
    assert foreign.without(rows, {}, others) == ([] if theirs else rows)


def test_what_lies_beside_a_hive_belongs_to_it():
    folders = {"PC1:p1:/backup": "NAMI-PC9"}
    software, other = record("PC1:p1:/backup/SOFTWARE@1+2", None), record("PC1:p1:/b/x@1+2", None)
    assert foreign.without([software, other], folders, frozenset()) == [other]
    assert foreign.lies_in(folders, software["address"]) == "NAMI-PC9"
