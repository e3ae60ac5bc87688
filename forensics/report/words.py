"""Words for people: every code of the tables and findings in Japanese and English.

A code that has no word is shown as it is: a reader may look it up, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forensics.report import texts_en, texts_ja

LANGUAGES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "ja": texts_ja.TEXTS,
    "en": texts_en.TEXTS,
}
# The five groups of questions, in the order of the report.
GROUPS = {
    "leak": ("Q01", "Q04", "Q05", "Q06", "Q07", "Q11"),
    "evidence": ("Q02", "Q14", "Q15", "Q20"),
    "data": ("Q03", "Q19", "Q21", "Q22", "Q23", "Q24", "Q25"),
    "people": ("Q08", "Q09", "Q10", "Q12", "Q13"),
    "rules": ("Q16", "Q17", "Q18"),
}
VERDICTS = ("confirmed", "no_trace", "refuted", "undetermined", "not_examined")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    def word(self, group: str, code: str | None) -> str:
        """The word of a code in its group; the code itself where there is none."""
        if code is None:
            return ""
        return LANGUAGES[self.language][group].get(code, code)

    def ui(self, key: str, **values: Any) -> str:
        """A text of the report or terminal; `n=1` takes the text `key_one` where there is one."""
        texts = LANGUAGES[self.language]["ui"]
        if str(values.get("n")) == "1" and f"{key}_one" in texts:
            key = f"{key}_one"
        return texts[key].format(**values)

    def html(self, key: str, **values: Any) -> Markup:
        """The same as HTML: values are escaped unless they are HTML already."""
        text = Markup(LANGUAGES[self.language]["ui"][key])  # noqa: S704  # our own words
        return text.format(**values)

    def say(self, value: Any, *groups: str) -> str:
        """A text from findings: `{"ja", "en"}`, a code of one of `groups`, or plain text."""
        if isinstance(value, Mapping):
            return str(value.get(self.language) or next(iter(value.values()), ""))
        for group in groups:
            if value in LANGUAGES[self.language][group]:
                return LANGUAGES[self.language][group][value]
        return str(value)

    def log(self, name: str) -> str:
        """Words of a log, `setupapi /Windows/INF/setupapi.dev.log`: what it is called, then its path."""
        code, space, path = name.partition(" ")
        return self.word("log", code) + space + path

    def reason(self, code: str) -> str:
        """Words of a reason code; a compound one (`LOCKED:…`) by its first part."""
        group = LANGUAGES[self.language]["reason"]
        return group.get(code) or group.get(code.partition(":")[0].strip(), code)

    @property
    def comma(self) -> str:
        return "、" if self.language == "ja" else ", "

    def listed(self, items: list[str]) -> str:
        return self.comma.join(items)
