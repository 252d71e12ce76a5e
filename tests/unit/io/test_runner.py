"""Session and link joined, in virtual time; the link is scripted, and so are sessions that fail."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import pytest

from eccentread.errors import Cause, MachineError
from eccentread.events import (
    BeltAtPeace,
    BeltMayRun,
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
    Noted,
    Notified,
    Outcome,
    Output,
    Problem,
    Reason,
    SessionEnded,
    StopAsked,
    TimePassed,
)
from eccentread.io.runner import RECONNECT_S, TICK_S, Runner

UNREACHABLE = MachineError(Cause.MACHINE_UNREACHABLE, "Belt cannot be reached.")
END = SessionEnded(0.0, Outcome.FINISHED, None)


def report(speed_kmh: float) -> bytes:
    """Treadmill Data (FTMS 1.0 §4.4) with a speed alone."""
    return struct.pack("<HH", 0, round(speed_kmh * 100))


class FakeLink:
    """Connects when told, and remembers what it was told to send."""

    def __init__(self, on_input: Callable[[Input], None]) -> None:
        self.on_input = on_input
        self.connects: list[float] = []
        self.fails: list[Exception] = []
        """What the next attempts to connect come to."""
        self.takes_s = 0.1
        self.sent: list[Command] = []
        self.closed = 0
        self.cancelled = 0

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def connect(self, timeout_s: float = 20.0) -> None:
        self.connects.append(self.now_s)
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise self.fails.pop(0)
        self.on_input(Connected(self.now_s, "Belt", "address"))

    def send(self, command: Command) -> None:
        self.sent.append(command)

    async def close(self) -> None:
        self.closed += 1

    def report(self, speed_kmh: float) -> None:
        self.on_input(Notified(self.now_s, "2acd", report(speed_kmh)))

    def lose(self) -> None:
        self.on_input(LinkLost(self.now_s, "out of reach"))


class Scripted:
    """A session that does what the test says to each input."""

    def __init__(self, does: Callable[[Input], list[Output]] = lambda happened: []) -> None:
        self.does = does
        self.fed: list[Input] = []
        self.ended = False

    def feed(self, happened: Input) -> list[Output]:
        self.fed.append(happened)
        out = self.does(happened)
        self.ended = self.ended or any(isinstance(one, SessionEnded) for one in out)
        return out


class Desk:
    """A runner with everything around it in the test's hands."""

    def __init__(self, session: Any = None, safeguard: Any = None) -> None:
        self.session = session or Scripted()
        self.events: list[tuple[str, Any]] = []
        """What was journalled, sent and consumed, in order."""
        self.runner = Runner(
            self.session,
            self._link,  # type: ignore[arg-type]
            clock=lambda: asyncio.get_running_loop().time(),
            journal=lambda event: self.events.append(("journal", event)),
            consumers=[self],
            safeguard=safeguard,
        )

    def _link(self, on_input: Callable[[Input], None]) -> FakeLink:
        self.link = FakeLink(on_input)
        send = self.link.send

        def send_and_tell(command: Command) -> None:
            self.events.append(("send", command))
            send(command)

        self.link.send = send_and_tell  # type: ignore[method-assign]
        return self.link

    def put(self, output: Output) -> None:
        self.events.append(("consume", output))

    def start(self) -> None:
        self.running = asyncio.create_task(self.runner.run())

    def journalled(self, kind: type) -> list[Any]:
        return [one for what, one in self.events if what == "journal" and isinstance(one, kind)]

    @property
    def stops(self) -> list[float]:
        return [one.t_s for one in self.link.sent if one.data == b"\x08\x01"]


def ends_on_stop(happened: Input) -> list[Output]:
    t_s = happened.t_s
    over = [Disconnect(t_s), SessionEnded(t_s, Outcome.STOPPED, Reason.STOP_ASKED)]
    return over if isinstance(happened, StopAsked) else []


@pytest.fixture
async def desk() -> Desk:
    return Desk(Scripted(ends_on_stop))


async def finish(desk: Desk) -> SessionEnded:
    desk.runner.submit(StopAsked(desk.runner.now_s, "key"))
    return await desk.running


# --- In and out ---------------------------------------------------------------------------------------------


async def test_an_input_is_journalled_before_the_session_reads_it(desk: Desk) -> None:
    order: list[str] = []
    desk.session.does = lambda happened: order.append(f"fed after {len(desk.events)}") or []
    desk.runner.submit(StopAsked(1.0, "key"))
    assert order == ["fed after 1"]
    assert desk.events == [("journal", StopAsked(1.0, "key"))]


async def test_a_command_goes_out_before_anything_is_recorded_or_shown_and_outputs_keep_their_order(
    desk: Desk,
) -> None:
    stop, note = Command(1.0, 1, CommandKind.STOP, b"\x08\x01"), Noted(1.0, "a note")
    desk.session.does = lambda happened: [note, stop]
    happened = TimePassed(1.0)
    desk.runner.submit(happened)
    assert desk.events == [
        ("journal", happened),
        ("send", stop),
        ("journal", note),
        ("consume", note),
        ("journal", stop),
        ("consume", stop),
    ]


async def test_the_answer_goes_out_in_the_same_breath(desk: Desk) -> None:
    stop = Command(1.0, 1, CommandKind.STOP, b"\x08\x01")
    desk.session.does = lambda happened: [stop]
    desk.runner.submit(StopAsked(1.0, "key"))
    assert desk.link.sent == [stop]


async def test_what_is_submitted_while_an_output_is_carried_out_comes_next_and_not_within(desk: Desk) -> None:
    notes = [Noted(1.0, "one"), Noted(1.0, "two")]
    desk.session.does = lambda happened: notes if isinstance(happened, TimePassed) else []
    put = desk.put

    def put_and_answer(output: Output) -> None:
        put(output)
        desk.runner.submit(StopAsked(1.0, "key"))

    desk.put = put_and_answer  # type: ignore[method-assign]
    desk.runner.submit(TimePassed(1.0))
    assert [one for what, one in desk.events if what == "journal"] == [
        TimePassed(1.0),
        *notes,
        StopAsked(1.0, "key"),
        StopAsked(1.0, "key"),
    ]


async def test_time_passes_five_times_a_second_from_before_the_link_is_up_to_the_end(desk: Desk) -> None:
    desk.link.takes_s = 1.0
    desk.start()
    await asyncio.sleep(2.05)
    ticks = [one.t_s for one in desk.session.fed if isinstance(one, TimePassed)]
    assert ticks == pytest.approx([k * TICK_S for k in range(1, 11)])
    await finish(desk)
    count = len(desk.session.fed)
    await asyncio.sleep(2.0)
    assert len(desk.session.fed) == count


# --- Consumers and journal ----------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["journal", "consumer"])
async def test_whoever_is_told_and_fails_does_no_harm_to_the_others_and_is_logged_once(
    caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    told: list[Output] = []

    class Good:
        def put(self, output: Output) -> None:
            told.append(output)

    class Bad:
        def put(self, output: Output) -> None:
            raise RuntimeError("broken pipe")

    def journal(event: Input | Output) -> None:
        if broken == "journal":
            raise OSError("disk full")

    stop = Command(1.0, 1, CommandKind.STOP, b"\x08\x01")
    links: list[FakeLink] = []

    def make(on_input: Callable[[Input], None]) -> FakeLink:
        links.append(FakeLink(on_input))
        return links[0]

    runner = Runner(
        Scripted(lambda happened: [stop]),
        make,  # type: ignore[arg-type]
        clock=lambda: 1.0,
        journal=journal,
        consumers=[Bad(), Good()] if broken == "consumer" else [Good()],
    )
    for _ in range(5):
        runner.submit(TimePassed(1.0))
    assert told == [stop] * 5
    assert links[0].sent == [stop] * 5
    assert len(caplog.records) == 1
    assert "later failures of this kind are not logged" in caplog.text


# --- The session fails --------------------------------------------------------------------------------------


class Boom:
    """A session that has set the belt in motion, and fails once it sees it at 0.8 km/h."""

    ended = False

    def feed(self, happened: Input) -> list[Output]:
        if isinstance(happened, Notified) and happened.data == report(0.8):
            raise ZeroDivisionError("division by zero")
        return [BeltMayRun(happened.t_s)]


async def test_a_session_that_fails_is_replaced_by_one_that_stops_until_the_belt_stands(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk(Boom())
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.report(0.8)
    began = desk.runner.now_s
    assert desk.stops == [began]
    [fault] = desk.journalled(FaultRaised)
    assert fault.reason is Reason.PROGRAM_FAILED
    assert "ZeroDivisionError: division by zero" in fault.text
    assert [one.kind for one in desk.journalled(Cue)] == [CueKind.EMERGENCY]
    for _ in range(24):
        await asyncio.sleep(0.25)
        desk.link.report(0.8)
    assert len(desk.stops) >= 8
    assert {one.data for one in desk.link.sent} == {b"\x08\x01", b"\x08\x02", b"\x02\x0a\x00"}
    desk.link.report(0.0)
    await asyncio.sleep(0.3)
    assert not desk.running.done()
    desk.link.report(0.0)
    await asyncio.sleep(0.3)
    desk.link.report(0.0)
    end = await desk.running
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.PROGRAM_FAILED)
    assert "the session failed on Notified" in caplog.text


async def test_a_failed_session_ends_once_whatever_still_arrives() -> None:
    desk = Desk(Boom())
    desk.link.report(0.8)
    for k in range(20):
        desk.runner.submit(Notified(1.0 + k, "2acd", report(0.0)))
    assert len(desk.journalled(SessionEnded)) == 1
    assert len(desk.journalled(FaultRaised)) == 1


async def test_a_failed_session_gives_up_after_ten_minutes() -> None:
    desk = Desk(Boom())
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.report(0.8)
    began = desk.runner.now_s
    await desk.running
    assert 600.0 <= desk.runner.now_s - began <= 600.0 + 2 * TICK_S


async def test_a_failed_session_whose_link_is_lost_stops_the_belt_when_it_is_back() -> None:
    desk = Desk(Boom())
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.report(0.8)
    desk.link.lose()
    await asyncio.sleep(3.0)
    assert len(desk.link.connects) == 2
    back = desk.link.connects[1] + desk.link.takes_s
    assert any(t_s > back for t_s in desk.stops)
    for _ in range(3):
        desk.link.report(0.0)
        await asyncio.sleep(0.3)
    assert (await desk.running).reason is Reason.PROGRAM_FAILED


# --- The link -----------------------------------------------------------------------------------------------


async def test_the_end_closes_the_link(desk: Desk) -> None:
    desk.start()
    await asyncio.sleep(1.0)
    end = await finish(desk)
    assert end.outcome is Outcome.STOPPED
    assert desk.link.closed == 1


async def test_a_machine_that_cannot_be_reached_to_begin_with_is_an_error(desk: Desk) -> None:
    desk.link.fails = [UNREACHABLE]
    with pytest.raises(MachineError, match="cannot be reached"):
        await desk.runner.run()
    assert desk.link.closed == 1
    assert len(desk.link.connects) == 1


async def test_a_stop_while_connecting_ends_the_session_at_once(desk: Desk) -> None:
    desk.link.takes_s = 20.0
    desk.start()
    await asyncio.sleep(3.05)
    end = await finish(desk)
    assert end.reason is Reason.STOP_ASKED
    assert desk.runner.now_s == pytest.approx(3.05, abs=0.01)
    assert (desk.link.cancelled, desk.link.closed) == (1, 1)


async def test_a_lost_link_is_sought_again_at_once_and_then_each_second(desk: Desk) -> None:
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.fails = [UNREACHABLE] * 4
    lost_s = desk.runner.now_s
    desk.link.lose()
    await asyncio.sleep(10.0)
    step_s = desk.link.takes_s + RECONNECT_S
    assert desk.link.connects[1:] == pytest.approx([lost_s + k * step_s for k in range(5)])
    assert [type(one) for one in desk.session.fed if not isinstance(one, TimePassed)] == [
        Connected,
        LinkLost,
        Connected,
    ]
    await finish(desk)


async def test_a_link_lost_twice_is_sought_twice(desk: Desk) -> None:
    desk.start()
    await asyncio.sleep(1.0)
    for _ in range(2):
        desk.link.lose()
        await asyncio.sleep(1.0)
    assert len(desk.link.connects) == 3
    await finish(desk)


async def test_a_link_lost_as_soon_as_it_is_back_is_sought_again(desk: Desk) -> None:
    desk.start()
    await asyncio.sleep(1.0)

    def loses_the_second(happened: Input) -> list[Output]:
        if isinstance(happened, Connected) and len(desk.link.connects) == 2:
            desk.link.lose()
        return ends_on_stop(happened)

    desk.session.does = loses_the_second
    desk.link.lose()
    await asyncio.sleep(2.0)
    assert len(desk.link.connects) == 3
    await finish(desk)


async def test_nobody_seeks_a_link_that_is_lost_at_the_end(desk: Desk) -> None:
    def ends_when_lost(happened: Input) -> list[Output]:
        t_s = happened.t_s
        return (
            [Disconnect(t_s), SessionEnded(t_s, Outcome.FAULT, Reason.LINK_LOST)]
            if isinstance(happened, LinkLost)
            else []
        )

    desk.session.does = ends_when_lost
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.lose()
    assert (await desk.running).reason is Reason.LINK_LOST
    await asyncio.sleep(5.0)
    assert len(desk.link.connects) == 1


async def test_a_session_that_ends_while_its_link_is_sought_stops_seeking(desk: Desk) -> None:
    desk.start()
    await asyncio.sleep(1.0)
    desk.link.fails = [UNREACHABLE] * 99
    desk.link.lose()
    await asyncio.sleep(3.0)
    await finish(desk)
    tries = len(desk.link.connects)
    await asyncio.sleep(5.0)
    assert len(desk.link.connects) == tries
    assert desk.link.closed == 1


async def test_answers_reach_the_session(desk: Desk) -> None:
    answer = CommandAnswered(1.0, 7, result=1)
    desk.link.on_input(answer)
    assert desk.session.fed == [answer]


# --- A link that is ended on purpose ------------------------------------------------------------------------


def hangs_up(away_s: float) -> Callable[[Input], list[Output]]:
    """A session that hangs up at its first connection, and ends once it is back, or somebody wants out."""
    met: list[Input] = []

    def does(happened: Input) -> list[Output]:
        if isinstance(happened, Connected):
            met.append(happened)
            return [HangUp(happened.t_s, away_s)] if len(met) == 1 else [END]
        return []

    return does


async def test_a_link_is_left_for_as_long_as_was_said() -> None:
    desk = Desk(Scripted(hangs_up(10.0)))
    desk.start()
    await desk.running
    first_s, again_s = desk.link.connects
    assert desk.link.closed == 2
    assert again_s - first_s == pytest.approx(10.0 + desk.link.takes_s, abs=0.01)
    assert [lost.why for lost in desk.journalled(LinkLost)] == ["this program ended it"]


async def test_whoever_wants_out_has_it_back_at_once() -> None:
    desk = Desk(Scripted(hangs_up(600.0)))
    desk.start()
    await asyncio.sleep(5.0)
    desk.runner.submit(StopAsked(desk.runner.now_s, "key"))
    await asyncio.wait_for(desk.running, 2.0)
    assert len(desk.link.connects) == 2


async def test_a_link_that_is_lost_later_is_sought_at_once() -> None:
    desk = Desk(Scripted(hangs_up(10.0)))
    desk.session.does = lambda happened, does=desk.session.does: [
        one for one in does(happened) if not isinstance(one, SessionEnded)
    ]
    desk.start()
    await asyncio.sleep(15.0)
    lost_s = desk.runner.now_s
    desk.link.lose()
    await asyncio.sleep(1.0)
    assert desk.link.connects[-1] == pytest.approx(lost_s, abs=0.01)
    desk.running.cancel()


class FakeSafeguard:
    """Writes down what it is told among what the desk's link is told to send."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.events: list[tuple[str, Any]] = []

    def may_run(self) -> None:
        self.events.append(("safeguard", "may run"))
        if self.refuses:
            raise OSError("no space left on device")

    def stands(self) -> None:
        self.events.append(("safeguard", "stands"))


def said(outputs: list[Output], *, refuses: bool = False) -> tuple[Desk, list[Any]]:
    """A session says all of `outputs` at once: the desk, and what safeguard and link were told, in order."""
    safeguard = FakeSafeguard(refuses=refuses)
    answers = iter([outputs])
    desk = Desk(Scripted(lambda _: next(answers, [])), safeguard)
    safeguard.events = desk.events
    desk.runner.submit(TimePassed(0.0))
    told = [one for what, one in desk.events if what in ("safeguard", "send")]
    return desk, [one.kind.value if isinstance(one, Command) else one for one in told]


START = Command(0.0, 1, CommandKind.START, b"\x07")
STOP = Command(0.0, 2, CommandKind.STOP, b"\x08\x01")
TRY_STOP = Command(0.0, 4, CommandKind.TRY_STOP, b"\x08\x01")
SPEED = Command(0.0, 3, CommandKind.SET_SPEED, b"\x02\x0a\x00")


async def test_the_safeguard_is_told_before_the_belt_moves_and_when_it_stands() -> None:
    _, told = said([BeltMayRun(0.0), START, BeltStands(0.0, "seen")])
    assert told == ["may run", "start"], "it may start again yet"

    _, told = said([BeltMayRun(0.0), START, BeltStands(0.0, "seen"), BeltAtPeace(0.0)])
    assert told == ["may run", "start", "stands"]


async def test_nothing_moves_a_belt_that_is_not_safeguarded_and_the_session_hears_of_it() -> None:
    desk, told = said([BeltMayRun(0.0), START, SPEED, TRY_STOP, STOP], refuses=True)

    assert told == ["may run", "stands", "stop"]
    assert [(one.command_id, one.problem) for one in desk.journalled(CommandAnswered)] == [
        (START.id, Problem.WRITE_FAILED),
        (SPEED.id, Problem.WRITE_FAILED),
        (TRY_STOP.id, Problem.WRITE_FAILED),
    ]


async def test_a_belt_found_running_is_stopped_before_anything_is_written_down() -> None:
    _, told = said([BeltMayRun(0.0), STOP], refuses=True)

    assert told == ["stop", "may run"]
