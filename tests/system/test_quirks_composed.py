"""Machines nobody has seen, their quirks drawn at random: whatever they are, nobody is hurt or lied to."""

import pytest

from driving import seconds_locked
from eccentread.events import CueKind, Disconnect, Noted, Notified, Reason
from quirks import composed, toml

SEEDS = range(200)
LIMIT_CENTI_KMH = 120
NOTICE_APART_S = 2.0
ON_AIR_S = 0.1
REPEATED_S = 1.6
"""No longer than this passes between one word that stops and the next."""
STAY_S = 10.0
"""How long a locked belt is watched on."""


def fast_reports(driven) -> list[tuple[float, bool]]:
    """When a whole report arrived, and whether its number was above the limit."""
    found = []
    for one in driven.inputs:
        if (
            isinstance(one, Notified)
            and one.characteristic == "2acd"
            and len(one.data) >= 4
            and not one.data[0] & 1
        ):
            found.append((one.t_s, int.from_bytes(one.data[2:4], "little") > LIMIT_CENTI_KMH))
    return found


def noticed_s(driven) -> list[float]:
    """When a second report above the limit follows a first."""
    times, before_s, between_reports = [], None, 0
    for t_s, fast in fast_reports(driven):
        if not fast:
            between_reports += 1
            continue
        if before_s is not None and (t_s - before_s <= NOTICE_APART_S or not between_reports):
            times.append(t_s)
        before_s, between_reports = t_s, 0
    return times


@pytest.fixture(scope="module")
def tally():
    """What came of them all, told at the end with -s."""
    found: dict[str, int] = {}
    yield found
    print("\n" + ", ".join(f"{count} {what}" for what, count in sorted(found.items(), key=lambda kv: -kv[1])))


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_quirks_meet(driven, tally, seed):
    machine = composed(seed)
    run = driven(toml(machine), seed=seed, leave=seconds_locked(STAY_S))
    what = run.error.cause if run.error else f"{run.end.outcome}: {run.end.reason}" if run.end else "no end"
    tally[what] = tally.get(what, 0) + 1
    story = f"{machine}\n{what}, faults {run.faults}, writes {run.writes}"

    # It ends, and not by a mistake of ours.
    assert run.error is not None or run.end is not None, story
    assert Reason.PROGRAM_FAILED not in run.faults, story
    assert not any("failed on" in one.text for one in run.of(Noted)), story

    # No speed above the protocol's; one start, or another where the first was refused; none after a fault.
    refused_starts = sum(
        1 for one in run.outputs if getattr(one, "verdict", None) == "rejected" and one.kind == "start"
    )
    assert all(
        int.from_bytes(bytes.fromhex(data)[1:3], "little") <= 80 for _, data in run.writes if data[:2] == "02"
    )
    starts = [t_s for t_s, data in run.writes if data == "07"]
    assert len(starts) <= 1 + refused_starts, story
    first_fault_s = min(
        (one.t_s for one in run.outputs if hasattr(one, "reason") and type(one).__name__ == "FaultRaised"),
        default=1e9,
    )
    assert all(t_s <= first_fault_s for t_s in starts), story

    # Over-speed that two reports show is answered by a stop at once.
    touched = any(data != "00" for _, data in run.writes)
    deaf = [
        (line["t_s"], line["t_s"] + line["lasts_s"])
        for line in run.happened("touch")
        if line["touch"] in ("silence", "reboot", "hang-up")
    ]
    over_s = next((one.t_s for one in run.of(Disconnect)), 1e9)
    for t_s in noticed_s(run):
        if not touched or t_s >= over_s or any(a - 3 <= t_s <= b + 3 for a, b in deaf):
            continue
        stops = [at_s for at_s, data in run.writes if data in ("0801", "0802", "00") or data[:2] == "02"]
        assert any(t_s - REPEATED_S <= at_s <= t_s + ON_AIR_S for at_s in stops), f"{t_s}: {story}"

    # No lock that truth denies.
    if run.locked_s is not None:
        # Before the moment, by as much as reports may be late.
        speeds = [kmh for at_s, kmh in run.speeds if run.locked_s - 3 <= at_s <= run.locked_s - 1]
        assert 0.5 * 0.75 <= sum(speeds) / len(speeds) <= 0.8 * 1.3, story

    # It stands, or a person was told to pull the key, or it was never ours.
    told = any(getattr(one, "kind", None) is CueKind.EMERGENCY for one in run.outputs)
    assert run.stands or told or not touched, story
