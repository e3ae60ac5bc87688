"""Microsoft Presidio on a labelled set of personal data, as predictions like those of personal.py.

    python -m venv P; P/bin/pip install presidio-analyzer [ja-ginza ginza]
    P/bin/python benchmarks/presidio.py ITEMS.jsonl PREDICTIONS.jsonl [MODEL]

Presidio has no recogniser of a Japanese number. It is given what it can use: its recognisers of e-mail,
telephone (Japan's region) and card for Japanese, the item decoded by the label of the
set (it reads text, not bytes), and with MODEL (ja_ginza) its names and places. Verdict: any entity of
a person at its usual threshold. Nothing is downloaded at run time.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    PhoneRecognizer,
    SpacyRecognizer,
)

KINDS = {
    "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "credit_card", "PERSON": "name",
    "LOCATION": "address",
}  # fmt: skip
LABELS = {"Person": "PERSON", "Province": "LOCATION", "City": "LOCATION", "GPE_Other": "LOCATION"}
CODECS = {"utf-16-le-bom": "utf-16-le", "binary": "cp932"}


def analyzer(model: str | None) -> AnalyzerEngine:
    """Presidio for Japanese; without a model an empty pipeline stands in for it."""
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    labels = NerModelConfiguration(model_to_presidio_entity_mapping=LABELS)
    engine = SpacyNlpEngine(ner_model_configuration=labels)
    engine.nlp = {"ja": spacy.load(model) if model else spacy.blank("xx")}
    ours = {"supported_language": "ja"}
    own = [EmailRecognizer(**ours), CreditCardRecognizer(**ours),
           PhoneRecognizer(**ours, supported_regions=("JP",)), SpacyRecognizer(**ours)]  # fmt: skip
    registry = RecognizerRegistry(own, supported_languages=["ja"])
    return AnalyzerEngine(registry, engine, supported_languages=["ja"])


def text_of(item: dict) -> tuple[str, str]:
    """The item as text, and the codec that says where in the bytes a character stands."""
    if "text" in item:
        return item["text"], "utf-8"
    codec = CODECS.get(item["encoding"], item["encoding"])
    return base64.b64decode(item["b64"]).decode(codec, "replace"), codec


def main() -> None:
    items, out = Path(sys.argv[1]), Path(sys.argv[2])
    engine = analyzer(sys.argv[3] if len(sys.argv) > 3 else None)
    size, began = 0, time.process_time()
    with items.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as sink:
        for line in lines:
            item = json.loads(line)
            text, codec = text_of(item)
            size += len(text.encode(codec, "replace"))
            found = engine.analyze(text, "ja", entities=[*KINDS])
            spans = [
                {"kind": KINDS[hit.entity_type], "start": len(text[: hit.start].encode(codec, "replace")),
                 "end": len(text[: hit.end].encode(codec, "replace"))}
                for hit in found
            ]  # fmt: skip
            persons = sum(span["kind"] == "name" for span in spans)
            row = {"id": item["id"], "personal": bool(spans), "persons": persons, "spans": spans}
            sink.write(json.dumps(row) + "\n")
    spent = time.process_time() - began
    print(json.dumps({"bytes": size, "cpu_s": round(spent, 1), "mb_per_cpu_s": round(size / spent / 1e6, 3)}))  # fmt: skip


if __name__ == "__main__":
    main()
