"""Tokens of persons: packed, as texts, and as Arrow makes them without a Python string for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.personal.found import TOKEN_BYTES, Tokens

OWN = st.binary(min_size=9, max_size=9).map(lambda digest: b"k" + digest)
KNOWN = st.binary(min_size=8, max_size=8).map(lambda digest: b"r" + digest + b"\0")


@given(st.lists(st.one_of(OWN, KNOWN), max_size=40))
def test_arrow_says_the_same_texts(packed):
    tokens = Tokens(b"".join(sorted(packed)))
    array = tokens.arrow()
    array.validate(full=True)
    assert array.to_pylist() == list(tokens)
    assert len(array) == len(tokens) == len(packed)


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (b"k" + bytes(range(9)), "k:000102030405060708"),
        (b"r" + b"\xff" * 8 + b"\0", "r:" + "f" * 16),
    ],
)
def test_what_a_token_looks_like(packed, text):
    assert len(packed) == TOKEN_BYTES
    assert Tokens(packed).arrow().to_pylist() == [text]
