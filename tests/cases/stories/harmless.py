"""Sticks without residents, with what looks like them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from fixtures import people
from fixtures.disk import Node
from fixtures.make_demo import companies
from tests.cases.stories.common import plain_stick, story
from tests.cases.story import BEFORE, FIELDS, MIB, Story, encoded, note


def clean(s: Story, nodes: Sequence[Node], *, staff: bool = False, **more: str) -> None:
    """A stick without residents: every byte looked at."""
    plain_stick(s, nodes, **{"fs": "fat16", **more})
    s.register()
    s.forbid("register_match", "nobody of the register is there")
    if not staff:
        s.nobody("USB1")
        s.answer("data_on_medium", "USB1", "refuted", "every byte looked at, nothing personal")
    s.answer("fully_examined", "USB1", "confirmed", "all bytes")
    s.counted = {
        "at_least": {"min": 0, "max": 12 if staff else 0},
        "at_most": {"min": 0, "max": 12 if staff else 2},
    }
    s.quiet()


@story
def an_empty_stick(s: Story) -> None:
    clean(s, [Node("EMPTY", None, BEFORE)], fs="fat32", scheme="none")


@story
def public_numbers(s: Story) -> None:
    """Corporate numbers, postcodes of towns, orders and parcels that pass check digits."""
    rng = random.Random(7)
    towns = "".join(
        f'01101,"{60 + i % 30:03}  ","{149 + i % 3}{8000 + i:04}","ミホンケン","キリガウラシ","{kana}","見本県","霧ヶ浦市","{town}",0,0,0,0,0,0\r\n'
        for i, (town, kana) in enumerate([(f"{a}{b}町", "アザ" + "カキクケコサシスセソ"[i % 10]) for i in range(30) for a in "東西南北中" for b in "浜岡沢原田"])
    )  # fmt: skip
    orders = "注文番号,品番,発送日,個数,問合せ番号\r\n" + "".join(
        f"{(n := ''.join(rng.choices('0123456789', k=11))) + people.check_digit(n)},{rng.randrange(10**12):012},2023/05/{rng.randrange(28) + 1:02},{rng.randrange(9)},{rng.randrange(10**12):012}\r\n"
        for _ in range(400)
    )  # fmt: skip
    branches = "支店名,郵便番号,所在地,代表電話\r\n" + "".join(
        f"{town}支店,149-{8000 + i},{people.CITY}{town}{i + 1}丁目1番1号,0{70 + i}-200-{1000 + i}\r\n"
        for i, town in enumerate(people.TOWNS)
    )
    clean(s, [
        Node("法人番号一覧.csv", note(companies()), BEFORE), Node("KEN_ALL.CSV", encoded(towns, "cp932"), BEFORE),
        Node("order.csv", encoded(orders, "cp932"), BEFORE), Node("支店一覧.csv", encoded(branches, "cp932"), BEFORE),
    ])  # fmt: skip


@story
def samples_and_forms(s: Story) -> None:
    """Test rows with 山田太郎, empty forms, a manual with a filled-in example."""
    rows = "氏名,フリガナ,生年月日,郵便番号,住所,電話番号,個人番号\r\n" + "".join(
        f"山田太郎,ヤマダタロウ,1980/01/01,000-0000,東京都千代田区霞が関１－１－１,000-0000-000{i},12345678901{'8' if i % 2 else '2'}\r\n"
        for i in range(9)
    )
    manual = "入力の例\n氏名：山田　太郎\n生年月日：昭和50年1月1日\n住所：○○市○○町1-2-3\n電話：03-0000-0000\n個人番号：123456789012\n"
    clean(s, [
        Node("テスト.csv", encoded(rows, "cp932"), BEFORE), Node("様式.csv", note(",".join(FIELDS.values()) + "\n" + "," * 9 + "\n"), BEFORE),
        Node("手引き.txt", note(manual), BEFORE),
    ], fs="exfat")  # fmt: skip


@story
def staff_phones(s: Story) -> None:
    """Staff with extensions: persons, but not the register's."""
    staff = people.register(991, 10)
    text = "所属,職名,氏名,内線\r\n" + "".join(
        f"市民課,主事,{p.name},{2300 + i}\r\n" for i, p in enumerate(staff)
    )
    clean(
        s,
        [Node("内線表.csv", encoded(text, "cp932"), BEFORE)],
        staff=True,
        fs="fat12",
        scheme="none",
    )
    s.hide(staff)


@story
def random_bytes(s: Story) -> None:
    """A headerless random run is not examined as text away: its content may be anything; still no finding."""
    noise = random.Random(5).randbytes(1 * MIB)
    plain_stick(s, [Node("x.bin", noise, BEFORE)], "fat16")
    s.register()
    s.nobody("USB1")
    s.forbid("locked", "random is not encrypted")
    s.answer("data_on_medium", "USB1", "refuted undetermined", "nothing personal to see")
