"""What a commissioning learns of a machine is what its personality says."""

import tomllib

import pytest

from eccentread.events import Command, CommandKind, Outcome, Reason
from eccentread.session import parse_profile
from eccentread.session.commissioning.judgement import fitness, quirks, speed_source
from eccentread.session.commissioning.units import judge_units, scale_error
from eccentread.session.profile import SpeedSource, Unit
from eccentread_sim.personality import known_personalities

MEASURING = ["default", "tach-pi", "budget-pmdc", "research-servo", "split-records", "walking-pad"]
NOISY = {"tach-pi", "walking-pad"}
"""In which two seconds of reports may scatter by more than a steady speed does."""
OTHERS = ["set-point-echo", "mph-wire", "min-speed-1"]


@pytest.fixture(scope="module")
def commissioned():
    """One commissioning for each personality, shared by the tests that only look at it."""
    return {}


@pytest.fixture
def done(request, bench, commissioned):
    name = request.param
    if name not in commissioned:
        commissioned[name] = bench(name).commission()
    return commissioned[name]


def ids(bench) -> set[str]:
    return {quirk.id for quirk in quirks(bench.session.findings)}


def console(bench):
    return bench.personality.behaviour.console


def told_unit(bench) -> Unit | None:
    """The unit of commands, if there was one: a belt that starts at the speed wanted is asked for none."""
    asked = any(command.kind is CommandKind.SET_SPEED for command in bench.of(Command))
    return Unit(console(bench).command_unit.value) if asked else None


@pytest.mark.parametrize("done", MEASURING + OTHERS, indirect=True)
class TestEveryPersonality:
    def test_the_belt_stands_at_the_end_and_never_ran_above_the_ceiling(self, done):
        assert done.ending.outcome is Outcome.FINISHED
        assert done.stands
        assert done.above_ceiling_s == 0
        assert done.fastest_kmh > 0.4

    def test_nothing_is_sent_in_the_first_five_seconds_and_stop_before_start(self, done):
        first = done.of(Command)[0]
        kinds = [
            command.kind for command in done.of(Command) if command.kind is not CommandKind.REQUEST_CONTROL
        ]
        assert first.kind is CommandKind.REQUEST_CONTROL
        assert first.t_s >= 5.0
        assert kinds[:2] == [CommandKind.TRY_STOP, CommandKind.START]

    def test_each_start_had_a_yes_of_its_own(self, done):
        starts = [command for command in done.of(Command) if command.kind is CommandKind.START]
        permitted = [name for name in done.asked if name.startswith("go-")]
        assert len(starts) == len(permitted)

    def test_start_delay_and_start_speed(self, done):
        start = next(one.start for one in done.session.findings.moved)
        interval_s = done.personality.reporting.interval_s
        assert console(done).countdown_s <= start.after_s <= console(done).countdown_s + 2 * interval_s + 0.5
        assert start.countdown == (console(done).countdown_s > 0)
        if start.settled is None:  # its reports scattered too much in those two seconds to tell
            assert done.personality.key in NOISY
        else:
            own = 100 * console(done).start_speed_kmh * done.personality.drive.bias
            assert start.settled == pytest.approx(own, abs=4)

    def test_the_range_and_the_interval_of_reports(self, done):
        findings = done.session.findings
        assert findings.range.min_centi_kmh == round(100 * console(done).speed_min_kmh)
        assert findings.range.max_centi_kmh == round(100 * console(done).speed_max_kmh)
        assert findings.interval_s == pytest.approx(done.personality.reporting.interval_s, abs=0.06)

    def test_the_true_speed_is_that_of_the_belt(self, done):
        one = next(one for one in done.session.findings.holds if one.true)
        first, last = one.run.passages_s[0], one.run.passages_s[-1]
        true = [speed for t_s, speed in done.speeds_kmh if first <= t_s <= last]
        mean_kmh = sum(true) / len(true)
        assert 3.6 * one.true.speed_mps == pytest.approx(mean_kmh, rel=0.01)
        assert one.true.laps == 10

    def test_the_units_and_the_scale(self, done):
        units = judge_units(done.session.findings)
        assert units.commands == told_unit(done)
        assert units.reports is Unit.KMH
        assert units.verified
        error, uncertainty = scale_error(done.session.findings)
        assert abs(error) < 2 * uncertainty

    def test_the_stop_takes_as_long_as_the_ramp(self, done):
        stops = [one.stop for one in done.session.findings.holds if one.stop]
        assert stops
        for stop in stops:
            ramp_s = stop.before / 360 / done.personality.drive.stop_ramp_mps2
            delays_s = done.personality.reporting.interval_s + done.personality.reporting.latency_s
            assert stop.then == "reports zero"
            assert 0.9 * ramp_s <= stop.after_s <= ramp_s + 2 * delays_s + 0.5

    def test_console_key_and_link(self, done):
        findings = done.session.findings
        assert all(touch.worked for touch in findings.touches)
        assert {touch.told[0][:2] for touch in findings.touches} <= {"02", "03", "05"}
        assert findings.link_ran_on
        assert findings.stop_first_moved is False
        assert findings.stopped_alone_s is None

    def test_its_profile_is_one(self, done):
        profile = parse_profile(done.text(), "it.toml")
        document = tomllib.loads(done.text())
        assert profile.unit_verified == (told_unit(done) is not None)
        assert profile.command_unit == (told_unit(done) or Unit.KMH)
        assert profile.reports_standing
        assert [one.firmware for one in profile.verified] == [done.personality.machine.firmware]
        assert {"own-test"} == {source for table in document.values() if isinstance(table, dict)
                                for source in table["from"]}  # fmt: skip

    def test_the_same_inputs_give_the_same_outputs(self, done):
        again = type(done.session)()
        outputs = [one for happened in done.inputs for one in again.feed(happened)]
        assert outputs == done.outputs
        assert again.findings == done.session.findings


@pytest.mark.parametrize("done", MEASURING, indirect=True)
def test_a_measured_speed_is_told_from_a_set_point(done):
    source, _ = speed_source(done.session.findings)
    if done.personality.key == "walking-pad":  # rounded to 0.1 km/h; whether that flickers is chance
        assert source is not SpeedSource.SET_POINT
    else:
        assert source is SpeedSource.MEASURED
        assert fitness(done.session.findings, complete=True).suitable is True


@pytest.mark.parametrize("done", ["set-point-echo"], indirect=True)
def test_a_set_point_makes_a_machine_unfit(done):
    assert speed_source(done.session.findings)[0] is SpeedSource.SET_POINT
    fit = fitness(done.session.findings, complete=True)
    assert fit.suitable is False
    assert "set-point" in fit.why
    assert "ramp-on-stop" in ids(done)


def test_a_measured_speed_that_is_rounded_so_that_nothing_shows_may_be_either(bench, machine):
    done = bench(machine(reporting="quantum_kmh = 0.1")).commission()
    assert speed_source(done.session.findings)[0] is SpeedSource.UNKNOWN
    assert fitness(done.session.findings, complete=True).suitable is None


@pytest.mark.parametrize("done", ["min-speed-1"], indirect=True)
def test_a_machine_that_goes_no_slower_than_1_is_tried_there_and_unfit(done):
    fit = fitness(done.session.findings, complete=True)
    assert fit.suitable is False
    assert "no slower than 1 km/h" in fit.why
    assert "go-protocol" not in done.asked


@pytest.mark.parametrize("done", ["mph-wire"], indirect=True)
def test_miles_are_found_out_while_they_are_slow(done):
    assert done.fastest_kmh < 1.0
    assert "mph-commands" in ids(done)
    assert done.asked.count("go-slow") == 2


def test_nothing_is_tried_on_a_machine_that_goes_no_slower_than_the_ceiling(bench, machine):
    done = bench(machine("speed_min_kmh = 1.6\nstart_speed_kmh = 1.6")).commission()
    assert done.sent == []
    assert done.ending.outcome is Outcome.FINISHED
    assert fitness(done.session.findings, complete=True).suitable is False
    assert parse_profile(done.text(), "it.toml").suitable is False


def test_miles_both_ways_are_found_out_by_timing_the_belt(bench, machine):
    done = bench(
        machine(
            'command_unit = "mph"\nreport_unit = "mph"\nspeed_step_kmh = 0.01', more="[gatt]\nfields = []"
        )
    ).commission()
    units = judge_units(done.session.findings)
    assert (units.commands, units.reports, units.verified) == (Unit.MPH, Unit.MPH, True)
    assert done.above_ceiling_s == 0
    assert done.stands


def test_miles_both_ways_are_found_out_by_the_distance_where_nobody_times_it(bench, machine):
    done = bench(
        machine('command_unit = "mph"\nreport_unit = "mph"\nspeed_step_kmh = 0.01'),
        says={"belt-length": None},
    ).commission()
    units = judge_units(done.session.findings)
    assert (units.commands, units.reports, units.verified) == (Unit.MPH, Unit.MPH, False)
    assert "mark" not in done.asked
    assert fitness(done.session.findings, complete=True).suitable is None


def test_without_length_and_distance_the_exercises_speed_is_not_tried(bench, machine):
    done = bench(machine(more="[gatt]\nfields = []"), says={"belt-length": None}).commission()
    assert done.ending.outcome is Outcome.FINISHED
    assert "go-protocol" not in done.asked
    assert done.session.findings.longest_alone_s >= 50


def test_a_belt_that_really_runs_faster_than_the_ceiling_is_stopped_after_a_lap(bench, machine):
    fast = machine('command_unit = "mph"\nreport_unit = "mph"\nrange_unit = "mph"\nspeed_min_kmh = 1.28\n'
                   'start_speed_kmh = 1.28\nspeed_step_kmh = 0.01', more="[gatt]\nfields = []")  # fmt: skip
    done = bench(fast)
    done.connect()
    done.to_the_end()
    assert done.stands
    assert any("really runs at 1.2" in text or "really runs at 1.3" in text for text in done.told)
    assert done.above_ceiling_s < 75  # 25 s till the lock gives in, two passages of 8 s, a ramp


def test_a_watchdog_is_told_from_a_step_sensor(bench, machine):
    watchdog = bench(machine("watchdog_s = 20")).commission()
    assert watchdog.session.findings.stopped_alone_s == pytest.approx(20, abs=2)
    assert parse_profile(watchdog.text(), "it.toml").keep_alive_s == pytest.approx(10, abs=1)
    assert "stops-alone" in ids(watchdog)
    assert watchdog.session.findings.repeated_alone_s >= 60

    sensor = bench(machine("no_step_stop_s = 20")).commission()
    assert sensor.session.findings.stopped_alone_s == pytest.approx(20, abs=8)
    assert parse_profile(sensor.text(), "it.toml").keep_alive_s is None
    assert any("nobody walked" in quirk.what for quirk in quirks(sensor.session.findings))


def test_a_belt_that_somebody_stopped_has_not_stopped_by_itself(bench, machine):
    done = bench(machine("watchdog_s = 20"), says={"was-it-you": 1}).commission()
    assert done.stands
    assert done.ending.outcome is Outcome.STOPPED
    assert done.asked.count("go-slow") == 1


def test_a_stop_that_starts_is_found_out_before_any_start_and_ends_it(bench, machine):
    done = bench(machine('stop_at_rest = "starts"'))
    done.connect()
    done.to_question("stop-first").run(40)
    assert done.faults == [Reason.UNEXPECTED_MOTION]
    assert {data for data in done.sent if data != "00"} == {"0801"}
    assert done.sent.count("0801") <= 4
    assert done.stands
    assert done.session.findings.stop_first_moved
    assert "stop-starts" in ids(done)
    assert fitness(done.session.findings, complete=False).suitable is False


def test_a_machine_that_is_mute_while_it_stands_is_looked_at(bench, machine):
    done = bench(machine("mute_at_rest = true")).commission()
    assert done.ending.outcome is Outcome.FINISHED
    assert done.asked.count("belt-stands") >= 2
    assert parse_profile(done.text(), "it.toml").reports_standing is False
    assert "silent-standing" in ids(done)
    assert done.stands


def test_a_locked_console_is_found_out_and_the_program_stops_the_belt(bench, machine):
    done = bench(machine("keys_locked = true")).commission()
    assert done.ending.outcome is Outcome.FINISHED
    assert "console-locked" in ids(done)
    assert "key-does-not-stop" not in ids(done)


def test_a_machine_that_tells_no_range_is_tried_at_the_usual_speeds(bench, machine):
    done = bench(machine(), tells_range=False).commission()
    assert done.ending.outcome is Outcome.FINISHED
    assert "speed" not in tomllib.loads(done.text())
    assert {one.run.lock for one in done.session.findings.holds} == {60, 80}


def test_where_that_is_refused_the_exercises_speed_is_tried(bench, machine):
    done = bench(machine("speed_min_kmh = 0.8\nstart_speed_kmh = 0.8"), tells_range=False).commission()
    assert done.ending.outcome is Outcome.FINISHED
    assert [one.run.lock for one in done.session.findings.holds][:2] == [60, 80]
    assert fitness(done.session.findings, complete=True).suitable is True


def test_a_machine_that_starts_when_it_is_connected_to_is_stopped(bench):
    done = bench("autostart-on-connect").commission()
    assert done.faults == [Reason.UNEXPECTED_MOTION]
    assert "starts-by-itself" in ids(done)
    assert fitness(done.session.findings, complete=False).suitable is False
    assert done.stands


@pytest.mark.parametrize(
    ("personality", "quirk"),
    [
        ("omega-z", "no-answer-to-request-control"),
        ("t318-mute", "silent-standing"),
        ("console-lock", "console-locked"),
        ("watchdog-20s", "stops-alone"),
        ("no-step-stop", "stops-alone"),
        ("stop-toggles", "stop-starts"),
        ("stop-ignored", "speed-after-stop"),
        ("paragon-stale-pause", "speed-after-stop"),
        ("horizon-mph", "mph-commands"),
        ("link-drop-belt-runs", "runs-on-without-link"),
        ("citysports-n3601", "ramp-on-stop"),
    ],
)
def test_what_real_machines_do_is_found_out(bench, personality, quirk):
    done = bench(personality).commission()
    assert quirk in ids(done)
    assert done.stands
    assert done.above_ceiling_s < 2
    parse_profile(done.text(complete=False), "it.toml")


@pytest.mark.parametrize("personality", known_personalities())
def test_the_belt_of_any_machine_stands_at_the_end(bench, personality):
    done = bench(personality).commission()
    assert done.stands
    assert done.above_ceiling_s < 2
