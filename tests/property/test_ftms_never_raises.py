"""Whatever octets arrive on whichever characteristic, a decoder answers with a value."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eccentread.ftms import (
    Feature,
    MachineStatus,
    Malformed,
    Request,
    Response,
    SpeedRange,
    TrainingStatus,
    decode_feature,
    decode_machine_status,
    decode_request,
    decode_response,
    decode_speed_range,
    decode_training_status,
    decode_treadmill_data,
    speed_kmh_in,
)

DECODERS = [
    (decode_request, Request.__value__),
    (decode_response, Response),
    (decode_machine_status, MachineStatus.__value__),
    (decode_training_status, TrainingStatus),
    (decode_feature, Feature),
    (decode_speed_range, SpeedRange),
]


@pytest.mark.parametrize(("decode", "kind"), DECODERS, ids=lambda x: getattr(x, "__name__", ""))
@settings(deadline=None)
@given(data=st.binary(max_size=24))
@example(data=b"")
def test_any_octets_give_a_value_or_malformed(decode: Callable[[bytes], object], kind, data: bytes):
    value = decode(data)
    assert isinstance(value, (Malformed, kind))
    if isinstance(value, Malformed):
        assert value.data == data


@pytest.mark.parametrize("decode", [decode for decode, _ in DECODERS])
def test_each_first_octet_is_answered(decode: Callable[[bytes], object]):
    for first in range(256):
        for length in range(8):
            decode(bytes([first, *range(length)]))


@settings(deadline=None)
@given(data=st.binary(max_size=40))
@example(data=b"\x00\x00\xff\xff")
@example(data=b"\x00\x00\x50")
@example(data=b"\x01\x00\x50\x00")
def test_the_speed_read_alone_is_that_of_the_whole_record(data: bytes):
    assert speed_kmh_in(data) == decode_treadmill_data(data).speed_kmh
