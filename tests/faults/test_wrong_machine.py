"""Another machine of the same name is in reach: nothing is ever written to it, not even a connection made."""

import asyncio
import json

import pytest

from bounds_of_safety import stopped_s
from claims import ended_standing, machine, never_faster_again, told_feet_first, written
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.errors import Cause, MachineError
from eccentread.events import CueKind, Outcome, Reason
from eccentread.io.scan import find
from eccentread_sim import Simulator
from eccentread_sim import run as run_virtually
from mishaps import stays_away

OURS, TWINS = "F0:0D:00:00:02:01", "F0:0D:00:00:02:02"
NAME = "SIM Pair"
AWAY_S = 12.0


@pytest.fixture
def twin(tmp_path):
    """A machine of our machine's name, and what really happens to it."""
    path, truth = tmp_path / "twin.toml", tmp_path / "twin.jsonl"
    path.write_text(machine(name=NAME, address=TWINS), encoding="utf-8")

    class Twin:
        def switched_on(self, run):
            """From now on it is there, beside ours."""

            async def stay():
                async with Simulator(
                    str(path), seed=2, origin_s=run.began_s, truth=truth, beside=run.simulator
                ):
                    await asyncio.Event().wait()

            run.meddling.add(asyncio.create_task(stay()))

        @property
        def happened(self):
            """All but the speeds that it reports, and its standing belt."""
            lines = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
            assert lines
            assert all(line["speed_kmh"] == 0 for line in lines if line["what"] == "speed")
            return [line for line in lines if line["what"] in ("link", "command")]

    return Twin()


def test_a_name_that_two_machines_have_is_nobodys(tmp_path):
    """The sentence names both addresses, and nothing is connected to."""

    async def scene():
        now_s = asyncio.get_running_loop().time()
        paths = [tmp_path / "ours.toml", tmp_path / "twin.toml"]
        for path, address in zip(paths, (OURS, TWINS), strict=True):
            path.write_text(machine(name=NAME, address=address), encoding="utf-8")
        told = [path.with_suffix(".jsonl") for path in paths]
        async with (
            Simulator(str(paths[0]), seed=1, origin_s=now_s, truth=told[0]) as ours,
            Simulator(str(paths[1]), seed=2, origin_s=now_s, truth=told[1], beside=ours),
        ):
            with pytest.raises(MachineError) as raised:
                await find(NAME, scanner_backend=ours.scanner_backend)
        assert raised.value.cause is Cause.MACHINE_AMBIGUOUS
        assert OURS in raised.value.sentence
        assert TWINS in raised.value.sentence
        for truth in told:
            assert not any(json.loads(line)["what"] == "link" for line in truth.read_text().splitlines())

    run_virtually(scene(), pace=None)


def test_a_twin_beside_ours_goes_untouched_through_a_whole_session(driven, twin):
    run = driven(machine(name=NAME), troubles=[Trouble(0.0, twin.switched_on)])
    ended_standing(run, Outcome.FINISHED, None)
    assert twin.happened == []


@pytest.mark.parametrize("moment", ["countdown", "locking", "mid-push", "rest"])
def test_a_twin_is_not_taken_for_ours_when_ours_is_out_of_reach(driven, twin, moment):
    """Ours runs on, unheard for a while; its twin would answer whoever calls. The stop waits for ours."""
    run = driven(
        machine(name=NAME),
        protocol=WITH_REST,
        troubles=[Trouble(0.0, twin.switched_on), *stays_away(MOMENTS[moment], AWAY_S)],
    )
    lost_s = run.befell_s[2]
    assert twin.happened == []
    told_feet_first(run, lost_s)
    assert run.said_s(CueKind.EMERGENCY) - lost_s <= 0.2
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.LINK_LOST)
    assert stopped_s(run, lost_s) - lost_s <= AWAY_S + 3.0  # first on return
    assert written(run, lost_s)[0] == "0801"
    assert run.stands
    never_faster_again(run, stopped_s(run, lost_s))
