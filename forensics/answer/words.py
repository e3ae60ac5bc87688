"""The sentences: what each code means, and the templates of domain.md 2.9, in Japanese and English.

Statements never use the words of domain.md 2.8: a test greps them. Codes stand in `reasons`, `limits`
and `would_change`; these are their words for readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from forensics.answer.example import example
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.values import moment

if TYPE_CHECKING:
    from forensics.answer.world import World

# code: (ja, en), both as a phrase that stands after "because" or in a list of limits.
REASONS: dict[str, tuple[str, str]] = {
    "CONNECTED_IN_WINDOW": ("媒体が期間内に接続されている", "a medium was connected within the window"),
    "CONTRADICTION": ("同じ重みの事実が食い違う", "facts of equal weight contradict each other"),
    "NO_ARTEFACT_EXPECTED": ("この出来事が通常残る種類の記録がない", "there is no kind of record that would normally show this event"),
    "READ_LEAVES_NO_TRACE": ("読み取りだけの行為は媒体に痕跡を残さないことがある", "mere reading can leave no trace on a medium"),
    "ARTEFACT_ABSENT": ("通常あるはずの記録が見つからない", "records that are normally there are missing"),
    "PARSE_GAP": ("記録または内容の一部を読み取れていない", "a part of the records or contents could not be read"),
    "HORIZON_SHORT": ("記録が期間の全体を覆っていない", "the records do not cover the whole window"),
    "LOG_GAP": ("期間内の記録に空白がある", "the records have a gap in the window"),
    "LAST_VALUE_ONLY": ("最後の値だけが残る記録であり、後の出来事に上書きされている", "the record keeps the last value only, and a later event overwrote it"),
    "LOGGING_OFF": ("記録機能が有効でなかった", "the logging was off"),
    "LAST_ACCESS_DISABLED": ("最終アクセス日時の記録が無効である", "the recording of last access was off"),
    "VOLATILE_LOG": ("記録が電源断で失われる設定である", "the log does not survive a shutdown"),
    "NO_POSITIVE_CONTROL": ("同種の出来事が記録された例がない", "no event of the same kind is on record to show that it would be"),
    "LOG_CLEARED": ("記録が消去されている", "a log was cleared"),
    "CLOCK_CHANGED": ("時計が変更されている", "the clock was changed"),
    "WIPED": ("上書き消去の跡がある", "there are signs of wiping"),
    "FORMATTED": ("フォーマットの跡がある", "there are signs of formatting"),
    "TIMES_INCONSISTENT": ("日時に矛盾がある", "times are inconsistent"),
    "DIGEST_MISMATCH": ("証拠のダイジェストが一致しない", "a digest of the evidence does not match"),
    "LOCKED": ("暗号化等により開けない領域がある", "a part is locked"),
    "UNREADABLE": ("読み取れない領域がある", "a part cannot be read"),
    "TRUNCATED": ("複製が途中で切れている", "the image is cut short"),
    "MISSING_SEGMENT": ("複製の分割ファイルが欠けている", "a segment of the image is missing"),
    "UNSUPPORTED": ("対応していない、または分からない形式の領域がある", "a part has a format that is not supported or not known"),
    "FAILED": ("処理に失敗した領域がある", "the examination of a part failed"),
    "TIMED_OUT": ("時間内に処理できなかった領域がある", "the examination of a part took too long"),
    "SKIPPED": ("調査していない領域がある", "a part was not examined"),
    "DETECTOR_UNPROVEN": ("検出機能の自己試験が完了していない", "the detectors did not pass their self-test in this run"),
    "NO_REGISTER": ("照合する名簿が読み込まれていない", "the owner's register was not loaded"),
    "CLOCK_UNKNOWN": ("機器の時計のずれが分からない", "the offset of a clock is not known"),
    "ZONE_UNKNOWN": ("時刻の時間帯が分からない", "the zone of a time is not known"),
    "NO_DIGEST": ("比較できるダイジェストがない", "there is no digest to compare with"),
    "OUTSIDE_EVIDENCE": ("提供された証拠の外の機器・媒体は調べていない", "devices and media beyond the evidence supplied were not examined"),
    "LOGICAL_ONLY": ("ファイルだけの収集であり、削除データ等を含まない", "files only were collected, without deleted data"),
    "PAPER_UNREADABLE": ("台帳等の書類を読み取れない", "a paper cannot be read"),
    "SHARED_ACCOUNT": ("アカウントは人を特定しない", "an account does not show the person"),
    "NO_SERIAL": ("機器固有の番号がない媒体・台帳行がある", "a medium or a row of the register has no serial of its own"),
    "OTHER_EXTRACT": ("別の抽出によるデータがある", "data of another extract are there"),
    "COUNT_RANGE": ("人数が幅でしか定まらない", "the count is known as a range only"),
    "NO_BASELINE": ("比較の基準となる資料がない", "there is nothing to compare with"),
    "NO_WINDOW": ("対象期間が指定されていない", "no window was given"),
}  # fmt: skip
CHANGES: dict[str, tuple[str, str]] = {
    "HOSTS": ("接続された可能性のある機器の複製", "images of the hosts it may have been attached to"),
    "DEVICES": ("記録や台帳に現れる未提供の機器・媒体", "the devices and media that records or papers name and that were not supplied"),
    "LOGS": ("期間を覆う記録(監視・認証・サーバー等)", "logs that cover the window"),
    "KEYS": ("パスワードまたは回復キー", "the password or the recovery key"),
    "ORIGINALS": ("原本からの再取得、または取得時のダイジェスト", "a new acquisition, or the digests of the acquisition"),
    "FORMATS": ("その形式を開ける製品、または暗号の鍵", "a product that opens the format, or the key if it is encrypted"),
    "RERUN": ("残りの領域の再処理", "another run over the remaining parts"),
    "REGISTER": ("本来の名簿", "the owner's register"),
    "PAPERS": ("台帳・承認書等の書類", "the papers: registers, ledgers, approvals"),
    "PROVIDER_LOGS": ("メール・クラウド事業者の記録", "the logs of mail and cloud providers"),
    "CLOCKS": ("時計の比較記録", "a comparison of the clocks with a reference"),
    "PEOPLE": ("入退室記録と聞き取り", "room records and hearings"),
    "BASELINE": ("紛失前の一覧・ヘッダーの控え", "a manifest or a header copy from before the loss"),
    "WINDOW": ("管理下になかった期間", "the time it was out of its owner's control"),
}  # fmt: skip
# What would help against a reason.
HELPS: dict[str, str] = {
    "READ_LEAVES_NO_TRACE": "HOSTS", "CONNECTED_IN_WINDOW": "PEOPLE", "ARTEFACT_ABSENT": "LOGS",
    "NO_ARTEFACT_EXPECTED": "LOGS", "HORIZON_SHORT": "LOGS", "LOG_GAP": "LOGS",
    "LAST_VALUE_ONLY": "LOGS", "LOGGING_OFF": "LOGS", "LAST_ACCESS_DISABLED": "LOGS",
    "VOLATILE_LOG": "LOGS", "NO_POSITIVE_CONTROL": "LOGS", "LOG_CLEARED": "LOGS",
    "CLOCK_CHANGED": "CLOCKS", "CLOCK_UNKNOWN": "CLOCKS", "ZONE_UNKNOWN": "CLOCKS",
    "DIGEST_MISMATCH": "ORIGINALS", "UNREADABLE": "ORIGINALS", "TRUNCATED": "ORIGINALS",
    "MISSING_SEGMENT": "ORIGINALS", "NO_DIGEST": "ORIGINALS", "LOGICAL_ONLY": "ORIGINALS",
    "LOCKED": "KEYS", "UNSUPPORTED": "FORMATS", "FAILED": "RERUN", "TIMED_OUT": "RERUN",
    "SKIPPED": "RERUN", "PARSE_GAP": "RERUN", "DETECTOR_UNPROVEN": "RERUN",
    "NO_REGISTER": "REGISTER", "OTHER_EXTRACT": "REGISTER", "COUNT_RANGE": "REGISTER",
    "OUTSIDE_EVIDENCE": "DEVICES", "PAPER_UNREADABLE": "PAPERS", "NO_SERIAL": "PAPERS",
    "SHARED_ACCOUNT": "PEOPLE", "NO_BASELINE": "BASELINE", "NO_WINDOW": "WINDOW",
    "WIPED": "BASELINE", "FORMATTED": "BASELINE", "TIMES_INCONSISTENT": "CLOCKS",
    "CONTRADICTION": "PEOPLE",
}  # fmt: skip
NOT_SUPPLIED = (
    "提供されていない機器・媒体は調査していない",
    "devices and media that were not supplied were not examined",
)
# Papers that are asked about by their code.
PAPERS: dict[str, tuple[str, str]] = {
    "media_register": ("媒体登録簿", "the media register"),
    "take_out": ("持出管理簿", "the take-out ledger"),
    "room_log": ("入退室記録", "the room log"),
    "cards": ("カード一覧", "the list of cards"),
    "accounts": ("アカウント一覧", "the list of accounts"),
    "erasure": ("消去証明書", "the certificate of erasure"),
}
SAID_MAX = 4  # reasons in one sentence; the others are listed with the answer
FOREMOST = (
    "DIGEST_MISMATCH", "CONNECTED_IN_WINDOW", "OUTSIDE_EVIDENCE", "LOCKED", "UNREADABLE", "TRUNCATED",
    "MISSING_SEGMENT", "UNSUPPORTED", "FAILED", "TIMED_OUT", "SKIPPED", "LOG_CLEARED", "WIPED", "FORMATTED",
    "CLOCK_CHANGED", "DETECTOR_UNPROVEN", "NO_REGISTER",
)  # fmt: skip
LEAK = (
    (
        "調査した範囲では、個人情報の漏えいは確認されなかった。読み取りだけの行為は媒体に痕跡を残さないことがあり、"
        "提供されていない機器は調査していない。"
    ),
    (
        "Within what was examined, no leak of personal data was confirmed. Mere reading can leave no trace "
        "on a medium; devices not supplied were not examined."
    ),
)


def statement(world: World, question: Question, subject: str, finding: Finding) -> tuple[str, str]:
    """The sentence of an answer, (ja, en)."""
    ja, en = _heads(world, subject)
    claim_ja, claim_en = question.proposition
    if finding.verdict == "confirmed":
        count, level = len(finding.facts), f"C{finding.confidence}"
        facts = "1 fact" if count == 1 else f"{count} facts"
        named_ja, named_en = example(world, question.id, finding)
        named_ja, named_en = named_ja and f"{named_ja}、", named_en and f"{named_en}; "
        return (
            f"{ja}{finding.ja}が確認された({named_ja}根拠{count}件、確度{level})。",
            _sentence(f"{en}{finding.en} was confirmed ({named_en}{facts}, {level})."),
        )
    if finding.verdict == "refuted":
        return (
            f"{ja}{finding.ja}により、{claim_ja}ことは否定される。",
            _sentence(f"{en}that {claim_en} is refuted: {finding.en}."),
        )
    if finding.verdict == "no_trace":
        return LEAK if question.id == "Q01" else _no_trace(world, question, subject, finding)
    if finding.verdict == "undetermined":
        why_ja, why_en = phrases(_reasons(world), _foremost(finding.reasons))
        help_ja, help_en = phrases(CHANGES, finding.would_change[:SAID_MAX])
        more_ja, more_en = _rest(len(finding.reasons) - len(why_ja))
        return (
            (
                f"{ja}{finding.ja}{_because(why_ja, more_ja)}ため、{claim_ja}かどうかは判断できない。"
                f"{_either(help_ja)}があれば判断できる可能性がある。"
            ),
            _sentence(
                f"{en}{f'{finding.en}. Whether' if finding.en else 'whether'} {claim_en} cannot be determined, because {'; '.join(why_en)}{more_en}. "
                f"{_sentence(', or '.join(help_en))} might change this."
            ),
        )
    absent = [part for part in subject.split("×") if part in (*world.missing, *world.absent_hosts)]
    if absent:
        return (
            f"{absent[0]} は提供されておらず、調査していない。",
            f"{absent[0]} was not supplied and was not examined.",
        )
    return (
        f"{ja}{question.event[0]}については、必要な資料が提供されていないか、調査の対象としていない。",
        _sentence(
            f"{en}what is needed to tell about {question.event[1]} was not supplied, or was not examined."
        ),
    )


NAMED_MAX = 3  # devices that one sentence names


def _reasons(world: World) -> Mapping[str, tuple[str, str]]:
    """The phrases of reasons; devices that records or papers name and nobody supplied by their names."""
    names = [*world.missing, *world.absent_hosts]
    if not names:
        return REASONS
    more = len(names) - NAMED_MAX
    ja = "、".join(names[:NAMED_MAX]) + (f"、ほか{more}点" if more > 0 else "")
    en = ", ".join(names[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")
    told = (
        f"提供されていない機器・媒体がある({ja})",
        f"devices or media were not supplied ({en})",
    )
    return {**REASONS, "OUTSIDE_EVIDENCE": told}


def _because(reasons: list[str], more: str) -> str:
    """Clauses in a row as a reason: one stands as it is, several each as a noun."""
    if len(reasons) == 1 and not more:
        return reasons[0]
    return f"{'、'.join(f'{reason}こと' for reason in reasons)}{more}の"


def _either(helps: list[str]) -> str:
    return helps[0] if len(helps) == 1 else f"{'、'.join(helps[:-1])}、または{helps[-1]}"


def _heads(world: World, subject: str) -> tuple[str, str]:
    """How a sentence begins: with its subject, where that is not the case as a whole."""
    if subject == "case":
        return "", ""
    ja, en = PAPERS.get(subject) or named(world, subject)
    return f"{ja}:", f"{en}: "


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _foremost(reasons: Iterable[str]) -> list[str]:
    """The reasons that the sentence says: what was seen or not supplied first. All stand beside it."""
    ordered = sorted(
        reasons, key=lambda code: FOREMOST.index(code) if code in FOREMOST else len(FOREMOST)
    )
    return ordered[:SAID_MAX]


def _rest(number: int) -> tuple[str, str]:
    if number <= 0:
        return "", ""
    return f"、ほか{number}件の理由", f"; and {number} more reason{'s' if number > 1 else ''}"


def phrases(
    words: Mapping[str, tuple[str, str]], codes: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The phrases of codes, ja and en."""
    pairs = [words[code] for code in codes]
    return [ja for ja, _ in pairs], [en for _, en in pairs]


def _no_trace(world: World, question: Question, subject: str, finding: Finding) -> tuple[str, str]:
    where, place = named(world, subject)
    when, period = window(world)
    words = {**REASONS, "OUTSIDE_EVIDENCE": NOT_SUPPLIED}
    limits = phrases(words, finding.limits or ("OUTSIDE_EVIDENCE",))
    items = [name for name in world.items if subject == "case" or name in subject.split("×")]
    read = sum(world.bytes[name].get("examined", 0) for name in items)
    total = sum(sum(world.bytes[name].values()) for name in items)
    scope, share = f"{read:,}", portion(read, total)
    return (
        (
            f"{where}について、{when}に{question.event[0]}の痕跡は、"
            f"調査した範囲({scope}バイト、{share})では確認されなかった。ただし、{'。また、'.join(limits[0])}。"
        ),
        (
            f"No trace of {question.event[1]} on {place} in {period} was found within what was "
            f"examined ({scope} bytes, {share}). Limits: {'; '.join(limits[1])}."
        ),
    )


def named(world: World, subject: str) -> tuple[str, str]:
    """What a subject is called: label and id, or the case as a whole."""
    if subject == "case":
        return "本件全体", "the case"
    parts = subject.split("×")
    labels = [(world.items.get(part) or {}).get("label") for part in parts]
    ja = "×".join(
        f"{label}({part})" if label else part for part, label in zip(parts, labels, strict=True)
    )
    return ja, subject


def window(world: World) -> tuple[str, str]:
    """The window in the case's zone, (ja, en)."""
    if world.window is None:
        return "全期間", "the whole period"
    zone = ZoneInfo(world.case.timezone or "UTC")
    start, end = (f"{moment(edge).astimezone(zone):%Y-%m-%d %H:%M}" for edge in world.window)
    name = world.case.timezone or "UTC"
    return f"{start}～{end}({name})", f"the window {start} – {end} ({name})"


def portion(part: int, whole: int) -> str:
    """A share in per cent: 100 % only if equal to the byte, 0 % only if nothing."""
    if whole and part == whole:
        return "100 %"
    share = 100 * part / whole if whole else 0.0
    if part and share < 0.01:
        return "< 0.01 %"
    return "> 99.99 %" if share > 99.99 else f"{share:.2f} %"
