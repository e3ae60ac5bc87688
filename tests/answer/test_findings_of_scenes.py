"""Mail, certificates, strangers' data, media that nobody has: what is said of them, and what is not."""

from __future__ import annotations

import pytest
from scenarios import AFTER, BEFORE, HIVE, IN, PERSONS, SERIAL, Scene, at, utc
from test_scenarios import ask

SENT = "PC1:p1:/Users/sato/Mail/Sent"


def told(scene):
    findings, _ = ask(scene)
    answers = {(a["question"], a["subject"]): a for a in findings["answers"]}
    return findings, answers


def of_kind(findings, kind):
    return [fact for fact in findings["facts"] if fact["kind"] == kind]


def mail(kind, outside, number=1):
    """A list in a message of the folder `Sent`."""
    scene = (
        Scene()
        .stick()
        .pc()
        .held(f"{SENT}!1!list.csv", "d1")
        .held("USB1:p1:/docs/list.csv", "d2", token="k")
    )
    return scene.add("traces", evidence="PC1", kind=kind, source="mail_messages", family="app", time=IN,
                     record_number=number, detail=f"recipients=2;outside={outside}", address=f"{SENT}@0+900")  # fmt: skip


MAILS = {
    "sent to another domain": (mail("mail_sent", 1), 1, "confirmed", "C2"),
    "came from another domain": (mail("mail_received", 1), 1, "confirmed", "C2"),
    "within one domain": (mail("mail_sent", 0), 1, "undetermined", None),
    "a draft": (mail("mail_draft", 1), 0, "undetermined", None),
    "another message of the folder": (mail("mail_sent", 1, number=2), 0, "undetermined", None),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MAILS))
def test_mail(name):
    scene, facts, verdict, level = MAILS[name]
    findings, answers = told(scene)
    sent = of_kind(findings, "sent")
    assert len(sent) == facts
    assert all(f["path"].endswith("/Sent!1!list.csv") and f["time"] and f["persons"] == PERSONS for f in sent)  # fmt: skip
    found = answers["Q07", "case"]
    assert (found["verdict"], found["confidence"]) == (verdict, level)
    headline = answers["Q01", "case"]
    assert (
        headline["verdict"] == "undetermined"
    )  # whether the recipient was entitled, no table says
    assert ("別の組織" in headline["statement"]["ja"]) == (verdict == "confirmed")


READERS = {"listed": (None, "undetermined"), "ended before": (at(2022, 4, 1), "confirmed"), "ends later": (at(2023, 4, 1), "undetermined")}  # fmt: skip


@pytest.mark.parametrize("name", list(READERS))
def test_a_read_by_an_account_that_had_ended(name):
    end, verdict = READERS[name]
    scene = Scene().stick().server().log().read("register.txt", IN)
    scene.paper("accounts", 2, item="sato", **({} if end is None else {"until": end}))
    _, answers = told(scene)
    assert answers["Q13", "SV1"]["verdict"] == verdict


def test_an_opening_on_a_medium_that_nobody_has_names_its_serial():
    scene = Scene().stick().pc().device("ZZ99ZZ99", IN, IN, IN).lnk("F:\\list.csv", IN, "55556666")
    scene.add("traces", evidence="PC1", kind="volume_seen", source="volume_names", family="storage", medium_serial="ZZ99ZZ99",
              volume_serial="55556666", address=f"{HIVE}@5+8")  # fmt: skip
    findings, _ = told(scene)
    assert {fact["medium"] for fact in of_kind(findings, "open")} == {"ZZ99ZZ99"}


def test_records_of_strangers_are_not_the_owners_data():
    scene = (
        Scene()
        .stick()
        .pc()
        .held("USB1:p1:/docs/list.csv", "d1")
        .held("PC1:p1:/other.csv", "d2", token="k")
    )
    scene.rows["records"][-1]["register_persons"] = 0
    _, answers = told(scene)
    assert answers["Q03", "PC1"]["verdict"] == "confirmed"
    assert answers["Q19", "USB1"]["verdict"] == "confirmed"
    assert answers["Q19", "PC1"]["reasons"] == ["OTHER_EXTRACT"]
    assert answers["Q25", "case"]["verdict"] != "confirmed"


CERTIFIED = {"serial": SERIAL, "time": at(2022, 6, 1), "action": "erased"}
ERASED = {
    "blank, and an overwriting is certified": ({"detail": "method=上書き3回"}, None, "confirmed", ()),
    "blank, and destruction is certified": ({"detail": "method=物理破壊"}, None, "undetermined", ("NO_BASELINE",)),
    "used after the certificate": ({"detail": "method=上書き3回"}, AFTER, "undetermined", ("TIMES_INCONSISTENT",)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ERASED))
def test_certificates(name):
    more, used, verdict, reasons = ERASED[name]
    scene = Scene().item("USB1", size=1000, filesystem=None, serial=SERIAL).pc()
    scene.rows["volumes"][0]["reason"] = "NO_FILE_SYSTEM"
    scene.paper("erasure", 2, **CERTIFIED, **more)
    if used:
        scene.device(SERIAL, BEFORE, used)
    _, answers = told(scene)
    found = answers["Q18", "USB1"]
    assert (found["verdict"], tuple(found["reasons"])) == (verdict, reasons)
    if used:  # the certificate is told among the papers that do not agree
        assert answers["Q16", "erasure"]["verdict"] == "refuted"


def test_files_of_a_formatted_medium_may_have_another_volume_serial():
    """A link names the volume that is gone: its silence says nothing of this stick."""
    scene = (
        Scene()
        .stick(files=False)
        .file("USB1:p1:/DCIM/1.jpg", IN)
        .held("USB1@4096+99", None, state="unallocated")
        .pc()
    )
    scene.lnk("E:\\x.txt", BEFORE, "77776666")
    _, answers = told(scene)
    assert "FORMATTED" in answers["Q11", "PC1×USB1"]["reasons"]


def test_what_nobody_named_is_not_said_to_be_missing():
    _, answers = told(Scene().stick().held("USB1:p1:/docs/a.txt", "d1"))
    said = answers["Q01", "case"]
    assert "OUTSIDE_EVIDENCE" in said["reasons"]
    assert all("未提供の機器" not in change["ja"] for change in said["would_change"])


def test_the_bound_of_all_persons_is_not_below_what_was_seen():
    scene = Scene().stick().held("USB1:p1:/a.csv", "d1").held("USB1:p1:/b.csv", "d2", token="k").pc(outcome="locked", reason="LOCKED")  # fmt: skip
    findings, _ = told(scene)
    assert findings["persons"]["at_most_overall"] >= findings["persons"]["at_most"] > PERSONS


def test_an_account_is_no_person():
    scene = Scene().stick().pc().device(SERIAL, BEFORE, IN).lnk("E:\\docs\\a.txt", IN)
    _, answers = told(scene)
    assert answers["Q10", "case"]["reasons"] == ["SHARED_ACCOUNT"]
    _, answers = told(
        Scene().stick().pc().device(SERIAL, BEFORE, BEFORE).lnk("E:\\docs\\a.txt", BEFORE)
    )
    assert answers["Q10", "case"]["verdict"] == "not_examined"


def test_older_data_on_a_host_are_a_likely_source_and_no_more():
    scene = (
        Scene()
        .stick()
        .server()
        .held("USB1:p1:/list.csv", "d-register")
        .file("USB1:p1:/list.csv", BEFORE)
    )
    _, answers = told(scene)
    assert answers["Q08", "case"]["verdict"] == "not_examined"  # whether it is older is not known
    scene.file("SV1:p0:/srv/office/register.txt", utc(2022, 1, 1))
    _, answers = told(scene)
    found = answers["Q08", "case"]
    assert (found["verdict"], found["reasons"]) == ("undetermined", ["NO_ARTEFACT_EXPECTED"])
    assert len(found["facts"]) == 1


def test_confirmed_answers_name_host_medium_and_time():
    scene = (
        Scene()
        .stick()
        .pc()
        .device(SERIAL, BEFORE, IN)
        .device("ZZ99ZZ99", IN, IN)
        .registered(SERIAL)
    )
    _, answers = told(scene)
    used = answers["Q05", "case"]["statement"]
    assert "(PC1×USB1、2022-06-22 10:00、根拠1件" in used["ja"]
    assert "(PC1×USB1, 2022-06-22 10:00; 1 fact" in used["en"]
    assert "PC1×ZZ99ZZ99、2022-06-22 10:00" in answers["Q12", "case"]["statement"]["ja"]


@pytest.mark.parametrize("known", [True, False])
def test_a_copy_is_told_with_a_direction_only_where_it_is_known(known):
    scene = Scene().stick().pc().held("USB1:p1:/a.csv", "d1").held("PC1:p1:/a.csv", "d1")
    if known:
        scene.file("USB1:p1:/a.csv", BEFORE).file("PC1:p1:/a.csv", IN)
    _, answers = told(scene)
    said = answers["Q06", "case"]["statement"]["ja"]
    assert ("USB1→PC1、200人分、2022-06-22 10:00" in said) == known
    assert ("USB1・PC1、200人分" in said) == (not known)
