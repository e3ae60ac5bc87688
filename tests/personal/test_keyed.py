"""Records that name their values: keys are headers, whatever the syntax. All persons are made up."""

from __future__ import annotations

import base64

import pytest

from forensics.personal import Settings, open_detector

DETECTOR = open_detector(Settings(bytes(32)))
NAME, BORN, PHONE, ADDRESS = (
    "小鳥遊　結愛",
    "1956-07-06",
    "080-6340-2189",
    "兵庫県尼崎市東難波町2丁目15番7号",
)
KINDS = {"name", "birth_date", "phone", "address"}


def kinds(content: bytes) -> set[str]:
    return {kind for record in DETECTOR.detect([content]).records for kind in record.kinds}


RECORDS = {
    "json": f'{{"user":{{"name":"{NAME}","dob":"{BORN}"}},"contact":{{"tel":["{PHONE}"],"addr":"{ADDRESS}"}}}}',
    "json of parts": f'{{"sei":"小鳥遊","mei":"結愛","birthday":"{BORN}","tel":"{PHONE}","address":"{ADDRESS}"}}',
    "unquoted keys": f"{{name: '{NAME}', birth: '{BORN}', phone: '{PHONE}', address: '{ADDRESS}'}}",
    "php": f's:4:"name";s:18:"{NAME}";s:8:"birthday";s:10:"{BORN}";s:3:"tel";s:13:"{PHONE}";s:7:"address";s:9:"{ADDRESS}";',
    "elements": f"<shimei>{NAME}</shimei><birth>{BORN}</birth><tel>{PHONE}</tel><address>{ADDRESS}</address>",
    "attributes": f'<row 氏名="{NAME}" 生年月日="{BORN}" 電話番号="{PHONE}" 住所="{ADDRESS}"/>',
    "fields": f'<f name="shimei">{NAME}</f><f name="birth">{BORN}</f><f name="tel">{PHONE}</f><f name="jusho">{ADDRESS}</f>',
    "inputs": f'<input name="shimei" value="{NAME}"><input name="birth" value="{BORN}"><input name="tel" value="{PHONE}">'
              f'<input name="address" value="{ADDRESS}">',
    "ltsv": f"time:2022-06-21T10:00:00\tfull_name:{NAME}\tdob:{BORN}\ttel:{PHONE}\taddress:{ADDRESS}",
    "yaml": f"- shimei: '{NAME}'\n  birth: {BORN}\n  tel: {PHONE}\n  address: {ADDRESS}\n",
    "ini": f"[1]\n氏名 = {NAME}\n生年月日 = {BORN}\n電話番号 = {PHONE}\n住所 = {ADDRESS}\n",
    "insert": "INSERT INTO `t` (`id`, `shimei`, `seinengappi`, `denwa`, `jusho`) VALUES\n"
              f"(1, '{NAME}', '{BORN}', '{PHONE}', '{ADDRESS}');",
    "copy": f"COPY t (id, shimei, birth, denwa, jusho, memo) FROM stdin;\n1\t{NAME}\t{BORN}\t{PHONE}\t{ADDRESS}\t\\N\n\\.\n",
    "html": f"<table><tr><th>氏名</th><th>生年月日</th><th>電話</th><th>住所</th></tr>\n<tr><td><b>{NAME}</b></td>\n"
            f"<td>{BORN}</td><td>{PHONE}</td><td>{ADDRESS}</td></tr></table>",
    "html, words to the left": f"<tr><th>氏名</th><td>{NAME}</td></tr><tr><th>生年月日</th><td>{BORN}</td></tr>"
                               f"<tr><th>電話</th><td>{PHONE}</td></tr><tr><th>住所</th><td>{ADDRESS}</td></tr>",
    "card": f"BEGIN:VCARD\nVERSION:3.0\nFN:{NAME}\nBDAY:{BORN}\nTEL;CELL:{PHONE}\n"
            "ADR:;;東難波町2丁目15番7号;尼崎市;兵庫県;660-0892;日本\nEND:VCARD\n",
    "markdown": f"| 氏名 | 生年月日 | 電話 | 住所 |\n| --- | --- | --- | --- |\n| {NAME} | {BORN} | {PHONE} | {ADDRESS} |\n",
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16-le"])
def test_keys_name_what_a_dictionary_does_not_know(name, encoding):
    found = DETECTOR.detect([RECORDS[name].encode(encoding)])
    assert {kind for record in found.records for kind in record.kinds} >= KINDS
    assert sum(record.rows for record in found.records) == 1


def test_places_are_those_of_the_value():
    content = RECORDS["json"].encode()
    places = {hit.kind: content[hit.start : hit.start + hit.length].decode()
              for hit in DETECTOR.detect([content]).hits}  # fmt: skip
    assert places == {"name": NAME, "birth_date": BORN, "phone": PHONE, "address": ADDRESS}


def test_a_key_that_comes_again_begins_a_person():
    rows = "".join(f"  - 氏名: {name}\n    個人番号: '{number}'\n"
                   for name, number in (("北　蓮", "275121621842"), ("南　葵", "123456789018")))  # fmt: skip
    (record,) = DETECTOR.detect([f"persons:\n{rows}".encode()]).records
    assert record.rows == len(record.persons) == 2


OTHERS = {
    "places": '{"name":"江森橋","address":"兵庫県姫路市四郷町中鈴3-5","tel":"0797-53-7517","zip":"6710242"}\n' * 3,
    "shops": "- name: 居酒屋稲井\n  address: 兵庫県尼崎市水明町2-22\n  tel: 0742-97-0924\n  open: 2011-03-01\n" * 2,
    "goods": "INSERT INTO items (id, name, code, updated_at) VALUES (1, '緑茶', '275121621842', '2022-06-21');",
    "makers": '{"title":"夜明け","director":"高橋 一郎","release_date":"1985-04-01","code":"0012345678"}\n' * 3,
    "words of a form": '{"name":"氏名","tel":"電話番号","birthday":"生年月日","my_number":"個人番号"}\n',
    "search words": "GET /search?q=マイナンバー 申請&id=123456789018&zip=6600892 HTTP/1.1\n",
    "example": f"【記入例】\n氏名: 尼崎 太郎\n生年月日: {BORN}\n電話番号: 090-0000-0000\n",
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_keys_of_something_else(name):
    assert not DETECTOR.detect([OTHERS[name].encode()]).records


def test_a_line_with_other_words_is_left_to_free_text():
    lines = (
        'INFO payload={"name":"浜口 恵美","tel":"070-9714-8157","mynumber":"949829376407"}\n'
        "INFO UPDATE juki SET addr='兵庫県明石市大蔵本町3-27-29' WHERE juki_cd='67510067930' -- 石井 松一\n"
    )  # fmt: skip
    found = DETECTOR.detect([lines.encode()])
    assert sum(record.rows for record in found.records) == 2


def test_quoted_printable_card_of_shift_jis():
    name = ";".join("".join(f"={byte:02X}" for byte in part.encode("cp932")) for part in ("渡辺", "翔太"))  # fmt: skip
    card = f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{name};;;\r\nTEL;CELL:{PHONE}\r\nBDAY:19560706\r\nEND:VCARD\r\n"
    assert kinds(card.encode()) == {"name", "phone", "birth_date"}


def test_hexadecimal_strings_of_a_page():
    def shown(text: str) -> str:
        return f"<{text.encode('utf-16-be').hex()}> Tj\n0 -14 Td\n"

    page = f"BT\n{shown('氏名：渡辺　翔太')}{shown('生年月日：昭和31年7月6日')}{shown('電話：' + PHONE)}{shown(ADDRESS)}ET\n"
    found = DETECTOR.detect([page.encode()])
    assert {hit.kind for hit in found.hits} == KINDS
    (place,) = [hit for hit in found.hits if hit.kind == "phone"]
    assert (
        bytes.fromhex(page[place.start : place.start + place.length]).decode("utf-16-be") == PHONE
    )


def test_decimal_characters_of_rich_text():
    text = f"氏名：渡辺　翔太\n生年月日：昭和31年7月6日\n住所：{ADDRESS}\n"
    written = "".join(f"\\u{ord(char)}?" if ord(char) > 0x7F else char.replace("\n", "\\par\n") for char in text)  # fmt: skip
    assert kinds(("{\\rtf1\\uc1 " + written + "}").encode()) == {"name", "birth_date", "address"}


def test_no_key_no_person():
    assert not kinds(base64.b64encode(bytes(range(256)) * 8))
