"""Each quirk of a machine's controller, by what is written, touched and seen at the machine itself."""

from collections.abc import Callable
from typing import Any

import pytest

from eccentread_sim.console import Touch
from eccentread_sim.personality import parse_personality
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.sayings import Deed
from eccentread_sim.treadmill import Treadmill

REQUEST, RESET, START, STOP, PAUSE, BARE_STOP = "00", "01", "07", "0801", "0802", "08"
SUCCESS, INVALID, FAILED, NOT_PERMITTED = 1, 3, 4, 5


class Bench:
    """A machine with keys of its own on a drive that hardly lags, and its only central."""

    def __init__(self, toml: str = "", *, control: bool = True, seed: int = 1) -> None:
        self.truth: list[dict[str, Any]] = []
        text = f'description = "A"\nmachine.name = "A"\ndrive.archetype = "E"\n{toml}'
        self.treadmill = Treadmill(parse_personality(text, "quirk", "quirk"), seed, self.truth.append)
        self.now_s = 0.0
        self.said: list[tuple[float, str, Any]] = []
        self.treadmill.connected(0.0)
        if control:
            self.write(REQUEST)

    def run(self, lasts_s: float) -> "Bench":
        """Let time pass."""
        end_s = self.now_s + lasts_s
        while self.now_s < end_s:
            self.now_s = min(end_s, self.treadmill.next_s)
            for emission in self.treadmill.advance(self.now_s):
                value = emission.value
                self.said.append(
                    (
                        emission.t_s,
                        emission.characteristic,
                        value.hex() if isinstance(value, bytes) else value,
                    )
                )
        return self

    def write(self, data: str) -> int | None:
        """The result that a command is answered with within 0.3 s; `None`: none is."""
        self.treadmill.write_control_point(self.now_s, bytes.fromhex(data))
        before = len(self.said)
        self.run(0.3)
        answers = [value for _, which, value in self.said[before:] if which == "2ad9"]
        results = [int(value[4:], 16) for value in answers if isinstance(value, str)]
        return results[0] if results else None

    def speed(self, kmh: float) -> int | None:
        """The result of a speed command for that number."""
        return self.write("02" + round(100 * kmh).to_bytes(2, "little").hex())

    def running(self) -> "Bench":
        """Started, and at its start speed."""
        assert self.write(START) == SUCCESS
        return self.run(10.0)

    def told(self, characteristic: str = "2ada") -> list[str]:
        """What it has said there."""
        return [value for _, which, value in self.said if which == characteristic]

    def reports(self) -> list[TreadmillRecord]:
        return [value for _, _, value in self.said if isinstance(value, TreadmillRecord)]

    @property
    def kmh(self) -> float:
        """The belt's true speed."""
        return round(3.6 * self.treadmill.speed_mps, 2)

    @property
    def state(self) -> str:
        """What the belt was last said in truth to be doing."""
        return [true["state"] for true in self.truth if true["what"] == "belt"][-1]


def console(text: str) -> str:
    return "[console]\n" + text


def control_point(text: str) -> str:
    return "[control_point]\n" + text


# Starting: Q1, Q2, Q3, Q4, Q27.


def test_where_start_is_a_toggle_a_second_one_ramps_the_belt_down() -> None:
    bench = Bench(console('start_again = "stops"')).running()
    assert bench.write(START) == SUCCESS
    assert bench.state == "stopping"
    assert bench.run(5.0).kmh == 0.0


def test_where_a_second_start_kills_the_drive_has_no_power_at_once() -> None:
    bench = Bench(console('start_again = "kills"')).running()
    assert bench.write(START) == SUCCESS
    assert bench.state == "idle"
    assert bench.run(1.0).kmh == 0.0


def test_a_second_start_begins_the_countdown_anew_until_shortly_after_motion() -> None:
    bench = Bench(console('start_again = "restarts"\nstart_again_s = 2.0'))
    bench.write(START)
    bench.run(2.0)
    assert bench.write(START) == SUCCESS
    assert bench.run(2.0).kmh == 0.0, "the first countdown is forgotten"
    bench.run(2.0)
    assert bench.kmh > 0.0
    assert bench.write(START) == SUCCESS
    assert bench.state == "countdown"
    assert bench.run(20.0).kmh == 0.5
    assert bench.write(START) == FAILED
    assert bench.state == "running"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("010e", ["010e33", "010e32", "010e31"]),
        ("000e", ["000e"]),
        ("030e", ["030e33", "030e32", "030e31"]),
        ("", []),
    ],
)
def test_a_countdown_is_told_with_texts_without_or_not_at_all(words: str, told: list[str]) -> None:
    bench = Bench(f'[dialect]\ncountdown = "{words}"').running()
    assert bench.told("2ad3") == [*told, "000d"]
    assert bench.kmh == 0.5


def test_a_belt_begins_at_the_speed_of_whoever_used_it_before_and_then_at_ones_own() -> None:
    bench = Bench(console('begins_at = "last"\nremembered_kmh = 4.0')).running()
    assert bench.run(10.0).kmh == 4.0
    bench.speed(1.2)
    bench.run(10.0).write(STOP)
    assert bench.run(10.0).running().kmh == 1.2


@pytest.mark.parametrize(("begin", "kmh"), [("own", 0.8), ("last", 1.5), ("lowest", 0.5)])
def test_after_a_pause_it_goes_on_at_its_own_its_last_or_its_lowest_speed(begin: str, kmh: float) -> None:
    bench = Bench(console(f'start_speed_kmh = 0.8\nresumes_at = "{begin}"')).running()
    bench.speed(1.5)
    bench.run(5.0).write(PAUSE)
    assert bench.run(8.0).state == "paused"
    assert bench.running().kmh == kmh


# Units and grids: Q5, Q6, Q7, Q8.


def test_units_of_commands_reports_range_and_distance_are_independent() -> None:
    bench = Bench(console('command_unit = "mph"\nspeed_step_kmh = 0.01')).running()
    bench.speed(0.8)
    assert bench.run(10.0).kmh == 1.29
    assert bench.reports()[-1].speed_centi_kmh == pytest.approx(129, abs=1)

    bench = Bench(console('report_unit = "mph"')).running()
    bench.speed(0.8)
    assert bench.run(60.0).kmh == 0.8
    assert bench.reports()[-1].speed_centi_kmh == pytest.approx(50, abs=1)
    assert bench.treadmill.speed_range == bytes.fromhex("3200 4006 0a00")
    metres = bench.reports()[-1].distance_m
    assert metres is not None

    bench = Bench(console('distance_unit = "mile/1000"')).running()
    bench.speed(0.8)
    bench.run(60.0)
    assert bench.reports()[-1].distance_m == pytest.approx(metres / 1.609344, abs=1)

    bench = Bench(console('range_unit = "mph"\nspeed_max_kmh = 16.09'))
    assert bench.treadmill.speed_range == bytes.fromhex("1f00 e803 0600")


def test_any_speed_command_makes_a_faulty_machine_faster() -> None:
    bench = Bench(console("speed_gain_kmh = 1.0\nspeed_max_kmh = 3.0")).running()
    for reached in (1.5, 2.5, 3.0):
        assert bench.speed(0.5) == SUCCESS
        assert bench.run(10.0).kmh == reached


@pytest.mark.parametrize(("rounding", "kmh"), [("nearest", 2.6), ("down", 2.5)])
def test_speeds_are_rounded_or_cut_to_the_grid(rounding: str, kmh: float) -> None:
    bench = Bench(console(f'rounding = "{rounding}"')).running()
    assert bench.speed(2.56) == SUCCESS
    assert bench.run(20.0).kmh == kmh
    assert bench.speed(0.8) == SUCCESS
    assert bench.run(20.0).kmh == 0.8, "a speed on the grid stays where it is"


@pytest.mark.parametrize(("outside", "result", "kmh"), [("refused", INVALID, 1.2), ("clamped", SUCCESS, 1.0)])
def test_a_speed_below_the_range_is_refused_or_silently_raised(outside: str, result: int, kmh: float) -> None:
    bench = Bench(console(f'speed_min_kmh = 1.0\nstart_speed_kmh = 1.2\noutside = "{outside}"')).running()
    assert bench.speed(0.8) == result
    assert bench.run(10.0).kmh == kmh


# Pause and stop: Q24, Q25, Q26, Q28, Q41.


def test_a_pause_may_be_a_stop_or_refused() -> None:
    bench = Bench(console('pause = "stops"')).running()
    assert bench.write(PAUSE) == SUCCESS
    assert bench.run(8.0).state == "idle"
    bench = Bench(console('pause = "refused"')).running()
    assert bench.write(PAUSE) == FAILED
    assert bench.state == "running"


def test_a_stop_may_start_a_belt_that_stands() -> None:
    bench = Bench(console('stop_at_rest = "starts"'))
    assert bench.write(STOP) == SUCCESS
    assert bench.run(10.0).kmh == 0.5
    assert bench.write(STOP) == SUCCESS
    assert bench.run(10.0).kmh == 0.0


def test_a_stop_of_a_belt_that_stands_may_be_a_success() -> None:
    bench = Bench(console('stop_at_rest = "accepted"'))
    assert bench.write(STOP) == SUCCESS
    assert bench.run(10.0).kmh == 0.0


@pytest.mark.parametrize(
    ("parameter", "data", "result"),
    [
        ("none", BARE_STOP, SUCCESS),
        ("none", STOP, INVALID),
        ("ignored", BARE_STOP, SUCCESS),
        ("ignored", PAUSE, SUCCESS),
        ("spec", BARE_STOP, INVALID),
    ],
)
def test_what_has_to_follow_a_stop_differs(parameter: str, data: str, result: int) -> None:
    bench = Bench(control_point(f'stop_parameter = "{parameter}"')).running()
    assert bench.write(data) == result
    assert bench.state == ("stopping" if result == SUCCESS else "running")


def test_the_first_stops_on_a_connection_are_lied_about() -> None:
    bench = Bench("[commands.stop]\nlie_first = 2").running()
    assert [bench.write(STOP), bench.write(STOP)] == [SUCCESS, SUCCESS]
    assert bench.state == "running"
    assert bench.write(STOP) == SUCCESS
    assert bench.state == "stopping"


def test_a_set_point_may_stay_on_the_display_of_a_belt_that_stands() -> None:
    bench = Bench(console('stale_speed_s = 20.0\n[reporting]\nsource = "set-point"')).running()
    bench.write(PAUSE)
    bench.run(10.0)
    first = bench.reports()[-1]
    bench.run(5.0)
    last = bench.reports()[-1]
    assert bench.kmh == 0.0
    assert last.speed_centi_kmh == first.speed_centi_kmh == 50
    assert last.elapsed_s == first.elapsed_s
    bench.run(10.0)
    assert bench.reports()[-1].speed_centi_kmh == 0


def test_a_machine_that_is_mute_at_rest_falls_silent_instead_of_saying_zero() -> None:
    bench = Bench(console("mute_at_rest = true")).run(5.0)
    assert bench.reports() == []
    bench.running()
    reports = len(bench.reports())
    assert reports > 3
    bench.write(STOP)
    bench.run(5.0)
    stopped = len(bench.reports())
    assert len(bench.run(5.0).reports()) == stopped > reports


def test_counters_may_be_cleared_by_a_stop() -> None:
    bench = Bench(console("clears_counters = true")).running()
    bench.run(60.0).write(STOP)
    last = bench.run(10.0).reports()[-1]
    assert (last.distance_m, last.elapsed_s) == (0, 0)


# What is answered, and when: Q12, Q13, Q15, Q16, Q18, Q39.


def test_a_liar_says_yes_and_does_nothing_as_often_as_its_rate_says() -> None:
    assert Bench("[commands.start]\nlie_rate = 1.0").write(START) == SUCCESS
    bench = Bench("[commands.start]\nlie_rate = 1.0")
    bench.write(START)
    assert bench.run(10.0).kmh == 0.0

    def obeyed(seed: int) -> list[bool]:
        bench = Bench("[commands.speed]\nlie_rate = 0.5", seed=seed).running()
        kept: list[bool] = []
        for speed in range(100, 140):
            bench.speed(speed / 100)
            kept.append(bool(bench.told()) and bench.told()[-1] == "05" + speed.to_bytes(2, "little").hex())
        return kept

    assert 10 < sum(obeyed(1)) < 30
    assert obeyed(1) == obeyed(1) != obeyed(2)


def test_a_command_that_is_never_answered_is_obeyed_and_over_for_the_link() -> None:
    bench = Bench('[commands.request_control]\nanswer = "nothing"', control=False)
    assert bench.write(REQUEST) is None
    assert bench.told("2ad9") == [Deed.LEAVE_UNANSWERED]
    assert bench.write(START) == SUCCESS


def test_a_command_may_stay_in_progress_for_ever() -> None:
    bench = Bench('[commands.request_control]\nanswer = "stuck"', control=False)
    assert bench.write(REQUEST) is None
    assert bench.run(60.0).told("2ad9") == []


def test_a_kind_of_command_may_be_refused_whatever_the_state() -> None:
    bench = Bench('[commands.speed]\nanswer = "failed"').running()
    assert bench.speed(0.8) == FAILED
    assert bench.run(5.0).kmh == 0.5


def test_answers_differ_in_delay_by_command_and_may_come_thrice() -> None:
    bench = Bench(
        "[console]\nanswer_delay_s = 0.1\n[commands.start]\nanswers = 3\n[commands.stop]\nextra_delay_s = 0.4"
    )
    bench.running()
    assert [(round(t_s, 2), value) for t_s, which, value in bench.said if which == "2ad9"] == [
        (0.1, "800001"),
        (0.4, "800701"),
        (0.45, "800701"),
        (0.5, "800701"),
    ]
    asked_s = bench.now_s
    assert bench.write(STOP) is None
    bench.run(1.0)
    answer = [(round(t_s - asked_s, 2), value) for t_s, which, value in bench.said if which == "2ad9"][-1]
    assert answer == (0.5, "800801")


def test_an_answer_that_comes_before_the_writes_own_is_due_at_once() -> None:
    bench = Bench(console("answer_delay_s = 0.0"), control=False)
    bench.treadmill.write_control_point(0.0, b"\x00")
    assert [emission.t_s for emission in bench.treadmill.advance(0.0)] == [0.0]


def test_a_late_answer_comes_amid_the_next_command() -> None:
    bench = Bench("[commands.start]\nlate_s = 1.0")
    bench.write(START)
    bench.write(STOP)
    bench.run(1.0)
    assert bench.told("2ad9") == ["800001", Deed.LEAVE_UNANSWERED, "800801", "800701"]


@pytest.mark.parametrize(
    ("control", "requests", "result"),
    [
        ("needed", 0, NOT_PERMITTED),
        ("needed", 1, SUCCESS),
        ("not-needed", 0, SUCCESS),
        ("twice", 1, NOT_PERMITTED),
        ("twice", 2, NOT_PERMITTED),
        ("twice", 3, SUCCESS),
        ("never", 3, NOT_PERMITTED),
    ],
)
def test_permission_takes_no_request_one_two_half_a_second_apart_or_never_comes(
    control: str, requests: int, result: int
) -> None:
    bench = Bench(control_point(f'control = "{control}"'), control=False)
    for _ in range(requests):
        assert bench.write(REQUEST) == (NOT_PERMITTED if control == "never" else SUCCESS)
    assert bench.write(START) == result


def test_commands_that_come_too_soon_after_one_another_are_not_heard() -> None:
    bench = Bench(control_point("min_gap_s = 0.4"))
    assert bench.write(START) is None
    assert bench.state == "idle"
    assert bench.run(0.2).write(START) == SUCCESS


def test_a_sleeping_machine_sleeps_through_the_first_command_of_each_connection() -> None:
    bench = Bench(control_point("deaf_first = 1"), control=False)
    assert bench.write(REQUEST) is None
    assert bench.write(REQUEST) == SUCCESS
    bench.treadmill.disconnected(bench.now_s)
    bench.treadmill.connected(bench.now_s)
    assert bench.write(REQUEST) is None


# Speeds that come early: Q17.


@pytest.mark.parametrize("waited_s", [0.0, 2.0, 4.0])
def test_a_speed_before_or_soon_after_motion_ends_the_connection(waited_s: float) -> None:
    bench = Bench(control_point('early_speed = "hangs-up"\nsettle_s = 2.0'))
    if waited_s:
        bench.write(START)
        bench.run(waited_s)
    assert bench.speed(0.8) is None
    assert bench.told("2ad9")[-1] is Deed.HANG_UP
    assert "055000" not in bench.told()


def test_an_early_speed_may_be_not_permitted_and_later_is() -> None:
    bench = Bench(control_point('early_speed = "not-permitted"\nsettle_s = 2.0'))
    bench.write(START)
    assert bench.run(3.2).speed(0.8) == NOT_PERMITTED
    assert bench.run(2.0).speed(0.8) == SUCCESS


# By itself: Q29, Q31, Q38, Q39.


def test_a_belt_may_start_after_each_connection() -> None:
    bench = Bench('[[script]]\nwhat = "start"\nsince = "connection"\nat_s = 4.0', control=False)
    assert bench.run(6.9).kmh == 0.0
    assert bench.run(8.0).kmh == 0.5
    assert [(true["t_s"], true["touch"]) for true in bench.truth if true["what"] == "touch"] == [
        (4.0, "start")
    ]
    bench.treadmill.disconnected(bench.now_s)
    bench.treadmill.touch(bench.now_s, Touch.STOP)
    assert bench.run(10.0).kmh == 0.0
    bench.treadmill.connected(bench.now_s)
    assert bench.run(15.0).kmh == 0.5


def test_a_reboot_is_silence_and_a_belt_that_coasts_and_an_idle_machine_after() -> None:
    bench = Bench('[[script]]\nwhat = "reboot"\nsince = "motion"\nat_s = 10.0\nlasts_s = 20.0').running()
    bench.run(5.0)
    assert bench.kmh == 0.0
    assert bench.state == "idle"
    assert bench.told("2ad9")[-1] is Deed.FALL_SILENT
    assert bench.run(25.0).told("2ad9")[-1] is Deed.COME_BACK
    silent_s, back_s = [t_s for t_s, _, value in bench.said if isinstance(value, Deed)]
    assert back_s - silent_s == pytest.approx(20.0, abs=0.02)
    assert bench.reports()[-1].elapsed_s == 0


def test_a_radio_may_hang_or_hang_up_while_the_belt_runs_on() -> None:
    for what, deed in (("silence", Deed.FALL_SILENT), ("hang-up", Deed.HANG_UP)):
        bench = Bench(
            f'[[script]]\nwhat = "{what}"\nsince = "motion"\nat_s = 10.0\nlasts_s = 600.0'
        ).running()
        assert bench.run(60.0).told("2ad9")[-1] is deed
        assert bench.kmh == 0.5


def test_what_is_timed_from_a_start_is_due_anew_with_the_next() -> None:
    bench = Bench('[[script]]\nwhat = "speed"\nsince = "motion"\nat_s = 5.0\nspeed_kmh = 1.0').running()
    bench.run(5.0)
    assert bench.kmh == 1.0
    bench.write(STOP)
    bench.run(10.0).write(START)
    assert bench.run(6.0).kmh == 0.5
    assert bench.run(10.0).kmh == 1.0


def test_a_watchdog_stops_a_belt_whose_speed_is_not_repeated() -> None:
    bench = Bench(console("watchdog_s = 20.0")).running()
    for _ in range(3):
        bench.speed(0.8)
        assert bench.run(15.0).kmh == 0.8
    status = len(bench.told())
    assert bench.run(15.0).kmh == 0.0
    assert bench.state == "idle"
    assert len(bench.told()) == status, "unannounced"


def test_a_belt_stops_that_nobody_steps_on_and_runs_while_somebody_does() -> None:
    keys = console("no_step_stop_s = 20.0")
    assert Bench(keys).running().run(20.0).kmh == 0.0
    bench = Bench(keys).running()
    bench.speed(0.8)
    bench.treadmill.hear(bench.now_s, "set-begins")
    for _ in range(4):
        assert bench.run(10.0).state == "running"
    bench.treadmill.hear(bench.now_s, "set-done")
    assert bench.run(40.0).kmh == 0.0


# Hands on the console: Q32, Q33.


def test_keys_are_dead_while_somebody_is_connected_and_the_safety_key_is_not() -> None:
    bench = Bench(console("keys_locked = true")).running()
    bench.treadmill.touch(bench.now_s, Touch.STOP)
    assert bench.run(5.0).kmh == 0.5
    bench.treadmill.touch(bench.now_s, Touch.SAFETY_KEY)
    assert bench.run(5.0).kmh == 0.0
    bench.running()
    bench.treadmill.disconnected(bench.now_s)
    bench.treadmill.touch(bench.now_s, Touch.STOP)
    assert bench.run(5.0).kmh == 0.0


@pytest.mark.parametrize(
    ("touch", "status", "told"),
    [
        ('what = "speed"\nspeed_kmh = 1.2', None, ["057800"]),
        ('what = "speed"\nspeed_kmh = 1.2', "", []),
        ('what = "stop"', None, ["0201"]),
        ('what = "pause"', None, ["0202"]),
        ('what = "pause"', "0201", ["0201"]),
        ('what = "stop"', "02", ["02"]),
        ('what = "safety-key"', None, ["03"]),
        ('what = "safety-key"', "02", ["02"]),
        ('what = "stop"', "", []),
        ('what = "take-control"', None, ["ff"]),
    ],
)
def test_somebody_at_the_console_is_told_of_in_the_machines_own_way(
    touch: str, status: str | None, told: list[str]
) -> None:
    says = "" if status is None else f'\nstatus = "{status}"'
    bench = Bench(f'[[script]]\nsince = "motion"\nat_s = 10.0\n{touch}{says}').running().run(10.0)
    assert bench.told() == ["04", *told]
    moved = {"speed": 1.2, "take-control": 0.5}
    assert bench.kmh == next((kmh for what, kmh in moved.items() if what in touch), 0.0)
    if "take-control" in touch:
        assert bench.write(STOP) == NOT_PERMITTED


# Words: Q34, Q35.


def test_status_octets_may_be_too_many_too_few_or_of_another_meaning() -> None:
    bench = Bench('[dialect]\nstarted = "0201"\nstopped = "020100"\nspeed_changed = ""').running()
    bench.speed(0.8)
    bench.write(STOP)
    assert bench.told() == ["0201", "020100"]


def test_training_status_may_be_reserved_or_empty() -> None:
    bench = Bench('[dialect]\nidle = ""\nrunning = "0010"\nstopping = "0011"', control=False)
    assert bench.treadmill.training_status == b""
    bench.write(REQUEST)
    bench.running().write(STOP)
    assert bench.run(8.0).told("2ad3") == ["010e33", "010e32", "010e31", "0010", "0011"]


def test_each_step_of_a_ramp_may_be_told() -> None:
    bench = Bench("[dialect]\nramp_step_kmh = 0.1").running()
    assert bench.told()[0] == "04"
    speeds = [int.from_bytes(bytes.fromhex(value)[1:], "little") for value in bench.told()[1:]]
    assert len(speeds) == 5
    assert speeds == sorted(speeds)
    bench.write(STOP)
    bench.run(5.0)
    down = [value for value in bench.told()[6:] if value.startswith("05")]
    assert len(down) >= 4


# Locks: Q36, Q37.


def test_a_locked_machine_hears_and_says_nothing_until_it_is_unlocked() -> None:
    bench = Bench(control_point('locked = true\n[[script]]\nwhat = "unlock"\nat_s = 20.0'), control=False)
    assert bench.write(REQUEST) is None
    assert bench.write(START) is None
    assert bench.run(15.0).reports() == []
    bench.run(10.0)
    assert bench.reports()
    assert bench.write(REQUEST) == SUCCESS


def test_a_locked_speed_is_a_success_and_nothing_changes() -> None:
    bench = Bench("[commands.speed]\nlie_rate = 1.0").running()
    assert bench.speed(0.8) == SUCCESS
    assert bench.run(10.0).kmh == 0.5
    assert bench.told() == ["04"]


# The belt behind the display: Q10, Q11, Q42.


def test_a_slow_belt_shows_its_set_point_long_before_it_gets_there() -> None:
    bench = Bench(
        'drive.ramp_mps2 = 0.004\n[reporting]\nsource = "set-point"\ninterval_s = 0.2', control=True
    )
    bench.write(START)
    bench.run(4.0)
    bench.speed(0.8)
    assert bench.reports()[-1].speed_centi_kmh == 80
    assert bench.kmh < 0.1
    assert bench.run(20.0).kmh < 0.5
    assert bench.run(40.0).kmh == 0.8


def test_every_quirk_leaves_the_same_seed_the_same_machine() -> None:
    keys = (
        '[console]\nstart_again = "stops"\nwatchdog_s = 30.0\n[commands.speed]\nlie_rate = 0.3\n'
        '[[script]]\nwhat = "speed"\nsince = "motion"\nat_s = 9.5\nspeed_kmh = 1.0'
    )

    def once(seed: int, act: Callable[[Bench], object]) -> list[dict[str, Any]]:
        bench = Bench(keys, seed=seed).running()
        act(bench)
        return bench.run(10.0).truth

    def five_speeds(bench: Bench) -> None:
        for speed in (0.6, 0.7, 0.8, 0.9, 1.0):
            bench.speed(speed)

    assert once(1, five_speeds) == once(1, five_speeds)


def test_a_new_connection_puts_off_what_was_timed_from_the_last() -> None:
    bench = Bench('[[script]]\nwhat = "start"\nsince = "connection"\nat_s = 4.0', control=False).run(2.0)
    bench.treadmill.disconnected(bench.now_s)
    bench.treadmill.connected(bench.now_s)
    assert bench.run(3.5).state == "idle"
    assert bench.run(1.0).state == "countdown"
