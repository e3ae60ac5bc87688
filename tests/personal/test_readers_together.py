"""Readers of one text that find something in it beside each other."""

from __future__ import annotations

from fixtures.people import register
from forensics.personal import Settings
from forensics.personal.detect import Detector

PEOPLE = register(44, 8)
# A data record of a 全銀 file: bank, branch, account and name in kana.
TRANSFER = ("2" + "1234" + "ﾐｽﾞﾎ".ljust(15) + "001" + "ﾎﾝﾃﾝ".ljust(15) + "0000" + "1" + "1234567"
            + "ｻﾄｳ ﾊﾅｺ".ljust(30) + "0000010000" + "0" + "0" * 20).ljust(120)  # fmt: skip


def test_a_transfer_record_inside_a_quoted_table_leaves_its_rows():
    rows = [f'"{one.name}","{one.born}","{one.address}"' for one in PEOPLE]
    data = "\r\n".join([*rows[:4], TRANSFER, *rows[4:]]).encode("cp932")
    found = Detector(Settings(bytes(32))).detect([data])
    assert {record.layout: record.rows for record in found.records} == {"fixed": 1, "delimited": 8}
