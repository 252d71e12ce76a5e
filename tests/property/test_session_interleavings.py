"""Sessions under arbitrary inputs: nothing raises, and the rules of every session hold.

The rules, the scripted machine and the bench are those of the session's unit tests.
"""

import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eccentread.events import (
    Answered,
    CommandAnswered,
    CommandKind,
    Connected,
    Input,
    LinkLost,
    Notified,
    Phase,
    Problem,
    SensorConnected,
    SensorKind,
    SensorLost,
    SensorNotified,
    StopAsked,
    TimePassed,
)
from eccentread.session import parse_protocol
from eccentread.session.protocol import SignalCheckPlan
from eccentread.session.words import CHECKLIST, QUESTIONS


def _session_bench() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "session" / "conftest.py"
    spec = spec_from_file_location("session_bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


bench = _session_bench()
PROTOCOL = replace(
    parse_protocol(bench.BUNDLED.read_text(encoding="utf-8"), "bundled"),
    sets=2,
    reps=2,
    rest_s=20.0,
    signal_check=SignalCheckPlan(idle_s=5, pushes=2, rides=1, window_s=5, pause_s=2),
)

NAMES = [*(name for name, _ in (*CHECKLIST, *QUESTIONS)), "pain-before", "arm", "belt-stands", "?"]
T = 0.0  # each input gets its time when it is fed

reports = st.builds(
    bench.treadmill_data,
    st.one_of(st.sampled_from([0.0, 0.0, 0.3, 0.5, 0.8, 0.8, 1.3]), st.floats(0, 655.34)),
    st.sampled_from([None, None, 0.0, 1.5]),
)
FACTS = bytes.fromhex("0100200088CC0000204E000001020300")
statuses = st.sampled_from(
    ["01", "02", "0201", "0202", "03", "04", "055000", "052c01", "060000", "060a00", "ff"]
)
octets = st.one_of(reports, statuses.map(bytes.fromhex), st.binary(max_size=24))
inputs = st.one_of(
    st.builds(Connected, st.just(T), st.just("Belt"), st.just("address"), speed_range=st.sampled_from(
        [None, None, b"", bytes(6), bytes.fromhex("500058020a00"), bytes.fromhex("640058020a00")])),
    st.builds(LinkLost, st.just(T), st.just("out of reach")),
    st.builds(Notified, st.just(T), st.just("2acd"), reports),
    st.builds(Notified, st.just(T), st.just("2acd"), reports),
    st.builds(Notified, st.just(T), st.sampled_from(["2acd", "2ada", "2ad3", "2ad9", ""]), octets),
    st.builds(Notified, st.just(T), st.just("2ada"), statuses.map(bytes.fromhex)),
    st.builds(CommandAnswered, st.just(T), st.integers(0, 12), st.none() | st.integers(0, 6),
              st.none() | st.sampled_from(Problem)),
    st.builds(Answered, st.just(T), st.sampled_from(NAMES), st.sampled_from([None, 0, 1, 1, 1, 5, 10])),
    st.builds(StopAsked, st.just(T), st.just("key")),
    st.builds(SensorConnected, st.just(T), st.just("Wheel"), st.just("address"), st.sampled_from(SensorKind),
              facts=st.sampled_from([None, b"", b"\x01\x00", FACTS]),
              length_m=st.sampled_from([None, 0.16, 0.6])),
    st.builds(SensorNotified, st.just(T), st.one_of(
        st.binary(max_size=24), st.binary(min_size=14, max_size=30).map(lambda rest: b"\x00" + rest))),
    st.builds(SensorLost, st.just(T), st.just("out of reach")),
    st.builds(TimePassed, st.just(T)),
    st.builds(TimePassed, st.just(T)),
)  # fmt: skip
pauses = st.one_of(st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0, 3.0]), st.floats(0.0, 20.0))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(pauses, inputs), max_size=60))
def test_no_sequence_of_inputs_raises_or_breaks_a_rule(sequence: list[tuple[float, Input]]) -> None:
    rules, t_s = bench.Rules(PROTOCOL), 0.0
    for pause_s, happened in sequence:
        t_s += pause_s
        rules.feed(replace(happened, t_s=t_s))
    rules.replayed()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    phase=st.sampled_from([p for p in Phase if p not in (Phase.CONNECTING, Phase.LINK_LOST, Phase.ENDED)]),
    sequence=st.lists(st.tuples(pauses, inputs), min_size=1, max_size=30),
)
def test_a_session_under_way_survives_any_sequence_of_inputs(
    phase: Phase, sequence: list[tuple[float, Input]]
) -> None:
    made = bench.Bench(PROTOCOL)
    made.until(phase)
    for pause_s, happened in sequence:
        made.t_s += pause_s
        made.feed(replace(happened, t_s=made.t_s))
    made.replayed()


KINDS = st.sampled_from([kind for kind in CommandKind if kind is not CommandKind.STOP])
ENDINGS = st.integers(1, 5) | st.sampled_from([Problem.TIMED_OUT, Problem.WRITE_FAILED])
TROUBLES = st.sampled_from(["lose", "connect", "stop", "03", "ff", "0201", "052c01"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    answers=st.dictionaries(KINDS, ENDINGS, max_size=3),
    ignores=st.sets(KINDS, max_size=2),
    start_kmh=st.sampled_from([0.3, 0.5, 0.8, 1.0, 3.0]),
    unit=st.sampled_from([1.0, 1.0, 1.609344, 0.621371]),
    strict=st.booleans(),
    troubles=st.lists(st.tuples(st.floats(0.0, 90.0), TROUBLES), max_size=4),
)
def test_a_machine_that_stops_when_told_stands_at_the_end_whatever_else_it_does(
    answers: dict[CommandKind, int | Problem | None],
    ignores: set[CommandKind],
    start_kmh: float,
    unit: float,
    strict: bool,
    troubles: list[tuple[float, str]],
) -> None:
    machine = bench.Machine(
        answers=answers, ignores=ignores, start_kmh=start_kmh, unit=unit, strict=strict, reads={}
    )
    made = bench.Bench(PROTOCOL, machine)
    made.connect()
    for at_s, trouble in sorted(troubles):
        made.run(max(0.0, at_s - made.t_s))
        if made.phase is Phase.ENDED:
            break
        match trouble:
            case "lose" if made.up:
                made.lose()
            case "connect" if not made.up:
                made.connect()
            case "stop":
                made.stop()
            case octets if octets not in ("lose", "connect") and made.up:
                made.status(octets)
            case _:
                pass
    if not made.up and made.phase is not Phase.ENDED:
        made.connect()
    made.to_the_end()
    assert machine.belt_kmh == 0.0
