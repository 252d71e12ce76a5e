import json
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eccentread import events
from eccentread.record.codec import decode, decode_if, encode

KINDS = [*get_args(events.Input.__value__), *get_args(events.Output.__value__)]

anything = st.one_of([st.from_type(kind) for kind in KINDS])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_comes_back_equal(kind):
    @given(st.from_type(kind))
    def round_trip(event):
        assume("nan" not in repr(event))  # nan does not equal itself
        assert decode(encode(event)) == event

    round_trip()


@given(anything)
def test_text_is_one_line_of_strict_ascii_json_and_stable(event):
    text = encode(event)
    assert text.isascii()
    assert len(text.splitlines()) == 1
    json.loads(text, parse_constant=pytest.fail)
    assert encode(decode(text)) == text


@given(anything)
def test_fields_stand_in_their_declared_order_behind_the_kind(event):
    assert list(json.loads(encode(event)))[1:] == [field.name for field in fields(event)]


@given(anything, st.sets(st.sampled_from(KINDS)))
def test_what_is_wanted_is_read_and_nothing_else(event, wanted):
    assume("nan" not in repr(event))
    line = encode(event).encode()
    assert decode_if(line, frozenset(wanted)) == (event if type(event) in wanted else None)
