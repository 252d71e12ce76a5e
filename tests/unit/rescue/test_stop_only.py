"""What takes over stops, whatever the machine does, and claims no standstill that was not seen."""

from collections.abc import Iterable

import pytest

from eccentread.events import (
    Answered,
    Ask,
    BeltAtPeace,
    BeltMayRun,
    BeltReported,
    BeltStands,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Cue,
    CueKind,
    Disconnect,
    FaultRaised,
    HangUp,
    Input,
    LinkLost,
    Notified,
    Output,
    Problem,
    Reason,
    ResultCode,
    SessionEnded,
    StopAsked,
    TimePassed,
    Told,
)
from eccentread.rescue import StopOnly

TICK_S = 0.25


def report(t_s: float, speed_centi_kmh: int) -> Notified:
    return Notified(t_s, "2acd", b"\x00\x00" + speed_centi_kmh.to_bytes(2, "little"))


def fed(session: StopOnly, happened: Iterable[Input]) -> list[Output]:
    return [output for one in happened for output in session.feed(one)]


def ticks(from_s: float, to_s: float) -> list[Input]:
    return [TimePassed(k * TICK_S) for k in range(round(from_s / TICK_S), round(to_s / TICK_S))]


def said(outputs: list[Output]) -> list[tuple[float, str]]:
    return [(one.t_s, one.data.hex()) for one in outputs if isinstance(one, Command)]


def of[T](kind: type[T], outputs: list[Output]) -> list[T]:
    return [one for one in outputs if isinstance(one, kind)]


def running(session: StopOnly, to_s: float, from_s: float = 0.0) -> list[Output]:
    """The belt runs on at 0.8 km/h and says so each second."""
    happened: list[Input] = []
    for tick in ticks(from_s, to_s):
        happened += [report(tick.t_s, 80)] if tick.t_s % 1.0 == 0 else []
        happened.append(tick)
    return fed(session, happened)


def test_the_first_it_does_is_to_tell_the_body_what_to_do_and_the_belt_to_stop():
    outputs = StopOnly(5.0, "KeyError: 'x'").feed(TimePassed(5.0))
    fault, cue, command = outputs
    assert isinstance(fault, FaultRaised)
    assert fault.reason is Reason.PROGRAM_FAILED
    assert fault.text.startswith("The program failed (KeyError: 'x'). Feet on the side rails")
    assert isinstance(cue, Cue)
    assert cue.kind is CueKind.EMERGENCY
    assert said([command]) == [(5.0, "0801")]


def test_a_belt_that_ignores_it_is_slowed_and_paused_and_a_person_asked():
    outputs = running(StopOnly(0.0, "it died"), 9.0)
    assert said(outputs)[:9] == [
        *((k / 2, "0801") for k in range(6)),
        (3.0, "020a00"),
        (4.0, "0801"),
        (4.5, "0802"),
    ]
    assert [one.question for one in of(Ask, outputs)] == ["belt-stands"]


def test_a_moving_belt_that_comes_to_rest_is_said_to_stand():
    session = StopOnly(0.0, "it died")
    outputs = running(session, 1.0) + fed(session, [report(2.0, 0), report(4.0, 0)])
    assert not of(BeltStands, outputs)
    outputs = fed(session, [report(5.0, 0)])
    assert outputs[1:] == [BeltStands(5.0, "the belt is seen to stand")]


def at_rest(session: StopOnly) -> float:
    """A moving belt comes to rest; when the last stop was sent."""
    outputs = running(session, 1.0) + fed(session, [report(2.0, 0), report(4.0, 0), report(5.0, 0)])
    return said(outputs)[-1][0]


def test_a_belt_at_rest_is_watched_on_for_as_long_as_a_stop_may_start_it():
    session = StopOnly(0.0, "it died")
    stop_s = at_rest(session)
    rests = [report(5.5 + k / 2, 0) for k in range(40)]
    outputs = fed(session, [one for one in rests if one.t_s < stop_s + 15.0])
    assert {type(one) for one in outputs} == {BeltReported}
    outputs = session.feed(report(stop_s + 15.0, 0))
    assert [type(one) for one in outputs] == [BeltReported, BeltAtPeace, Disconnect, SessionEnded]
    assert session.ended
    assert session.feed(TimePassed(30.0)) == []


def test_a_belt_that_a_stop_started_is_stopped_again_with_fewer_of_them():
    session = StopOnly(0.0, "it died")
    at_rest(session)
    outputs = fed(session, [report(6.0, 50), report(6.5, 50)])
    assert of(BeltMayRun, outputs) == [BeltMayRun(6.5)]
    outputs += fed(session, ticks(6.5, 9.0))
    assert said(outputs) == [(6.5, "0801"), (8.5, "0801")]
    outputs = fed(session, [report(9.0, 0), report(12.0, 0)])
    assert of(BeltStands, outputs) == [BeltStands(12.0, "the belt is seen to stand")]


def test_one_report_of_motion_of_a_belt_at_rest_is_a_spike():
    session = StopOnly(0.0, "it died")
    at_rest(session)
    assert not of(Command, fed(session, [report(6.0, 50), report(6.5, 0), report(7.0, 50), report(7.5, 0)]))


def test_whose_eyes_went_before_the_reports_is_believed():
    session = StopOnly(0.0, "it died")
    running(session, 9.0)
    assert of(BeltStands, session.feed(Answered(9.0, "belt-stands", 1)))
    assert not of(Command, fed(session, [report(9.5, 80), report(10.0, 80), report(10.5, 80)]))


def test_a_belt_at_rest_that_is_heard_of_no_more_is_left_to_a_persons_eyes():
    session = StopOnly(0.0, "it died")
    stop_s = at_rest(session)
    outputs = fed(session, [LinkLost(6.0, "gone"), *ticks(6.25, stop_s + 14.75)])
    assert outputs == []
    assert of(Ask, fed(session, ticks(stop_s + 14.75, stop_s + 16.0)))
    assert isinstance(session.feed(Answered(stop_s + 17.0, "belt-stands", 1))[-1], SessionEnded)


def test_nobody_looks_and_nothing_is_heard():
    session = StopOnly(0.0, "it died", patience_s=60.0)
    at_rest(session)
    outputs = fed(session, [LinkLost(6.0, "gone"), *ticks(6.25, 60.25)])
    assert [one.kind for one in of(Cue, outputs)] == [CueKind.BELT_MAY_RUN]
    assert session.ended


def test_a_belt_that_was_never_set_in_motion_is_only_watched():
    session = StopOnly(5.0, "it died", may_run=False)
    [fault] = session.feed(TimePassed(5.0))
    assert isinstance(fault, FaultRaised)
    assert fault.text.endswith(
        "It had not set the belt in motion, or saw it stand: stay off it, and start again."
    )
    assert fed(session, ticks(5.25, 20.0)) == []
    assert [type(one) for one in session.feed(TimePassed(20.0))] == [BeltAtPeace, Disconnect, SessionEnded]


def test_a_belt_at_rest_that_something_earlier_starts_is_stopped():
    session = StopOnly(5.0, "it died", may_run=False)
    outputs = fed(session, [report(6.0, 0), report(7.0, 50), report(7.5, 50), TimePassed(7.6)])
    assert of(BeltMayRun, outputs) == [BeltMayRun(7.5)]
    assert said(outputs) == [(7.5, "0801")]


def test_without_a_link_a_belt_that_was_never_set_in_motion_is_let_go():
    session = StopOnly(5.0, "it died", may_run=False)
    outputs = fed(session, [LinkLost(5.0, "gone"), *ticks(5.25, 20.25)])
    assert [type(one) for one in outputs] == [FaultRaised, BeltAtPeace, Disconnect, SessionEnded]


def test_a_belt_never_seen_to_move_may_be_in_a_countdown_that_nobody_knows_of():
    session = StopOnly(0.0, "it died")
    assert not of(BeltStands, fed(session, [report(k / 2, 0) for k in range(30)]))
    assert of(BeltStands, fed(session, [report(15.0, 0)]))


@pytest.mark.parametrize(("t_s", "believed"), [(14.9, False), (15.0, True)])
def test_a_persons_eyes_count_once_a_countdown_would_be_over(t_s, believed):
    session = StopOnly(0.0, "it died")
    fed(session, ticks(0, 9))
    outputs = session.feed(Answered(t_s, "belt-stands", 1))
    assert bool(of(BeltStands, outputs)) is believed
    assert bool(of(Told, outputs)) is not believed
    assert bool(of(Ask, outputs)) is not believed


def test_of_a_belt_seen_to_move_a_persons_eyes_count_at_once():
    session = StopOnly(0.0, "it died")
    running(session, 9.0)
    assert of(BeltStands, session.feed(Answered(9.0, "belt-stands", 1)))


def test_a_no_is_asked_again():
    session = StopOnly(0.0, "it died")
    running(session, 9.0)
    assert of(Ask, session.feed(Answered(9.0, "belt-stands", 0)))
    assert not session.ended


@pytest.mark.parametrize("question", ["arm", "pain-before"])
def test_an_answer_to_anything_else_means_nothing(question):
    session = StopOnly(0.0, "it died")
    running(session, 9.0)
    assert not of(BeltStands, session.feed(Answered(9.0, question, 1)))


def test_without_a_link_it_asks_a_person_and_on_its_return_says_stop_first():
    session = StopOnly(0.0, "it died")
    running(session, 4.0)
    outputs = fed(session, [LinkLost(4.1, "gone"), *ticks(4.25, 8.0)])
    assert said(outputs) == []
    assert [one.t_s for one in of(Ask, outputs)] == [4.1]
    assert said(session.feed(Connected(8.0, "", ""))) == [(8.0, "0801")]


def test_a_permission_that_ended_with_the_link_is_asked_for():
    session = StopOnly(0.0, "it died")
    [stop] = of(Command, session.feed(TimePassed(0.0)))
    [request] = of(Command, session.feed(CommandAnswered(0.1, stop.id, result=int(ResultCode.NOT_PERMITTED))))
    assert request.kind is CommandKind.REQUEST_CONTROL
    [again] = of(Command, session.feed(CommandAnswered(0.2, request.id, result=int(ResultCode.SUCCESS))))
    assert again.kind is CommandKind.STOP


def test_a_machine_stuck_in_a_procedure_gets_a_new_link_and_another_word():
    session = StopOnly(0.0, "it died")
    running(session, 3.5)
    [stop] = [one for one in of(Command, running(session, 4.25, 3.5)) if one.kind is CommandKind.STOP]
    assert of(HangUp, session.feed(CommandAnswered(4.3, stop.id, problem=Problem.STUCK)))
    assert not of(Ask, session.feed(LinkLost(4.4, "this program ended it")))
    assert [data for _, data in said(session.feed(Connected(5.0, "", "")))] == ["0801"]
    stop = of(Command, running(session, 5.75, 5.25))[0]
    session.feed(CommandAnswered(8.3, stop.id, problem=Problem.STUCK))
    session.feed(LinkLost(8.4, "this program ended it"))
    assert [data for _, data in said(session.feed(Connected(9.0, "", "")))] == ["0802"]


def test_who_asks_for_a_stop_gets_one_at_once():
    session = StopOnly(0.0, "it died")
    running(session, 3.25)
    assert said(session.feed(StopAsked(3.3, "key"))) == [(3.3, "0801")]


def test_it_gives_up_in_the_end_and_says_that_the_belt_may_run():
    session = StopOnly(0.0, "it died", patience_s=20.0)
    outputs = running(session, 20.25)
    assert session.ended
    assert outputs[-3:-1] == [
        Cue(
            20.0, CueKind.BELT_MAY_RUN, "The belt may still be running! Keep off it, and pull the safety key."
        ),
        Disconnect(20.0),
    ]
    assert isinstance(outputs[-1], SessionEnded)
    assert not of(BeltStands, outputs)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x01\x00\x50\x00", b"\xff" * 40])
def test_frames_without_a_speed_say_nothing(data):
    session = StopOnly(0.0, "it died")
    outputs = fed(session, [Notified(k / 2, "2acd", data) for k in range(40)])
    assert not of(BeltStands, outputs)
    assert said(outputs)[0] == (0.0, "0801")


def test_who_asks_for_a_stop_gets_one_though_somebody_said_that_it_stands():
    session = StopOnly(0.0, "it died")
    running(session, 9.0)
    session.feed(Answered(9.0, "belt-stands", 1))
    session.feed(report(9.5, 80))
    outputs = session.feed(StopAsked(9.6, "key"))
    assert said(outputs) == [(9.6, "0801")]
    assert of(BeltMayRun, outputs)
