"""Control point: requests and responses read back."""

import pytest

from eccentread.events import ResultCode
from eccentread.ftms import (
    Flaw,
    Malformed,
    OpCode,
    OtherRequest,
    RequestControl,
    ResetMachine,
    Response,
    SetTargetInclination,
    SetTargetSpeed,
    StartOrResume,
    StopAction,
    StopOrPause,
    decode_request,
    decode_response,
)


@pytest.mark.parametrize(
    ("written", "request_"),
    [
        ("00", RequestControl()),
        ("01", ResetMachine()),
        ("025000", SetTargetSpeed(80)),
        ("02ffff", SetTargetSpeed(65535)),
        ("03f1ff", SetTargetInclination(-15)),
        ("07", StartOrResume()),
        ("0801", StopOrPause(StopAction.STOP)),
        ("0802", StopOrPause(StopAction.PAUSE)),
        ("0807", StopOrPause(7)),
        ("0a6400", OtherRequest(OpCode.SET_TARGETED_STEPS, b"\x64\x00")),
        ("7100", OtherRequest(0x71, b"\x00")),
    ],
)
def test_a_request_reads_as_what_it_asks(written: str, request_):
    assert decode_request(bytes.fromhex(written)) == request_


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("02", Flaw.TOO_SHORT),
        ("0250", Flaw.TOO_SHORT),
        ("02500000", Flaw.TOO_LONG),
        ("03", Flaw.TOO_SHORT),
        ("08", Flaw.TOO_SHORT),
        ("080100", Flaw.TOO_LONG),
        ("0000", Flaw.TOO_LONG),
        ("0100", Flaw.TOO_LONG),
        ("0701", Flaw.TOO_LONG),
    ],
)
def test_a_request_with_a_parameter_of_the_wrong_length_is_malformed(written: str, flaw: Flaw):
    data = bytes.fromhex(written)
    assert decode_request(data) == Malformed(data, flaw)


@pytest.mark.parametrize(
    ("indicated", "response"),
    [
        ("800001", Response(OpCode.REQUEST_CONTROL, ResultCode.SUCCESS)),
        ("800202", Response(OpCode.SET_TARGET_SPEED, ResultCode.NOT_SUPPORTED)),
        ("800203", Response(OpCode.SET_TARGET_SPEED, ResultCode.INVALID_PARAMETER)),
        ("800704", Response(OpCode.START_OR_RESUME, ResultCode.FAILED)),
        ("800805", Response(OpCode.STOP_OR_PAUSE, ResultCode.NOT_PERMITTED)),
        ("800800", Response(OpCode.STOP_OR_PAUSE, 0)),
        ("807106", Response(0x71, 6)),
        ("801301c4098403", Response(OpCode.SPIN_DOWN_CONTROL, ResultCode.SUCCESS, b"\xc4\x09\x84\x03")),
    ],
)
def test_a_response_names_the_procedure_and_its_result(indicated: str, response: Response):
    assert decode_response(bytes.fromhex(indicated)) == response


@pytest.mark.parametrize(
    ("indicated", "flaw"),
    [("", Flaw.EMPTY), ("80", Flaw.TOO_SHORT), ("8002", Flaw.TOO_SHORT), ("020001", Flaw.NOT_A_RESPONSE)],
)
def test_what_is_no_response_is_malformed(indicated: str, flaw: Flaw):
    data = bytes.fromhex(indicated)
    assert decode_response(data) == Malformed(data, flaw)


def test_known_numbers_come_as_names():
    response = decode_response(b"\x80\x08\x01")
    assert isinstance(response, Response)
    assert isinstance(response.op, OpCode)
    assert isinstance(response.result, ResultCode)
