"""The owner's register in several forms, and cases without one."""

from __future__ import annotations

from tests.cases.stories.carriers import WRITERS, cells, workbook
from tests.cases.stories.common import listed, on_stick, plain_stick, story
from tests.cases.story import FIELDS, Story, listing


def with_register(s: Story, data: bytes, name: str = "register.csv", **more: object) -> None:
    plain_stick(s, listed(s), "exfat", "mbr")
    s.register(data, name, **more)
    on_stick(s)
    s.persons(200, 400)


@story
def register_with_semicolons(s: Story) -> None:
    with_register(s, listing(s.residents, tuple(FIELDS), separator=";"))


@story
def register_as_workbook(s: Story) -> None:
    with_register(
        s,
        workbook(cells(s.residents, tuple(FIELDS)), ("住民基本台帳 抽出", "令和5年6月1日")),
        "台帳.xlsx",
    )


@story
def register_with_own_headings(s: Story) -> None:
    heads = {
        "code": "KEY1",
        "name": "FULL",
        "kana": "READING",
        "born": "DAY",
        "address": "PLACE",
        "phone": "CALL",
    }
    columns = {
        "KEY1": "resident_code",
        "FULL": "name",
        "READING": "name_kana",
        "DAY": "birth_date",
        "PLACE": "address",
        "CALL": "phone",
    }
    with_register(
        s,
        listing(s.residents, tuple(heads), header=heads, encoding="utf-8-sig", quoted=True),
        columns=columns,
    )


@story
def register_in_utf16_with_eras(s: Story) -> None:
    with_register(
        s,
        listing(s.residents, encoding="utf-16-le-bom", separator="\t", write=WRITERS["erakanji"]),
        "register.txt",
    )


@story
def no_register(s: Story) -> None:
    """Without a register persons are counted from the records; nothing may be matched."""
    plain_stick(s, listed(s), "fat32", "mbr")
    s.need(
        "personal_data",
        "the list",
        evidence="USB1",
        path={"contains": "taisho.csv"},
        persons={"min": 196, "max": 204},
    )
    s.forbid("register_match", "there is no register")
    s.persons(200, 204)
    s.answer("data_on_medium", "USB1", "confirmed", "list")
    s.answer(
        "copied_elsewhere", "USB1 case", "undetermined not_examined", "no register, no other item"
    )


@story
def no_window(s: Story) -> None:
    s.window = None
    plain_stick(s, listed(s), "exfat", "gpt", "e01")
    s.register()
    on_stick(s)
    s.persons(200)
    s.answer("accessed_after_loss", "USB1 case", "undetermined not_examined", "no window")
    s.answer("changed_after_loss", "USB1 case", "undetermined not_examined", "no window")
    s.answer("leak", "case", "undetermined not_examined", "no window")
