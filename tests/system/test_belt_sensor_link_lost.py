"""A belt sensor on the virtual air that is lost and found again within a session."""

import asyncio

import pytest

import eccentread_sim
from eccentread.events import Connected, SensorConnected, SensorLost, SensorNotified
from eccentread.io.belt_sensor import BeltSensor, find_sensor


@pytest.mark.parametrize("kind", ["high-rate", "csc"])
def test_it_comes_back_and_goes_on(tmp_path, kind):
    personality = tmp_path / "pad.toml"
    personality.write_text(
        f'description = "x"\n[machine]\nname = "Pad"\n[drive]\narchetype = "D"\n[sensor]\nkind = "{kind}"\n'
    )
    told = []

    async def main():
        now = asyncio.get_running_loop().time
        async with eccentread_sim.Simulator(str(personality), seed=1, origin_s=now(), sensor=True) as sim:
            found = await find_sensor(sim.sensor_address, scanner_backend=sim.scanner_backend)
            assert found.name == "SIM Belt Sensor"
            assert found.counts_revolutions == (kind == "csc")
            sensor = BeltSensor(
                found, length_m=0.16, clock=now, on_input=told.append, client_backend=sim.client_backend
            )
            async with sensor:
                sensor.heed(Connected(now(), "Pad", sim.address))
                await asyncio.sleep(10.0)
                sim.drop_sensor_link()
                await asyncio.sleep(10.0)

    eccentread_sim.run(main(), pace=None)

    turns = [type(one) for one in told if not isinstance(one, SensorNotified)]
    assert turns == [SensorConnected, SensorLost, SensorConnected]
    back_s = next(one.t_s for one in reversed(told) if isinstance(one, SensorConnected))
    after = [one for one in told if isinstance(one, SensorNotified) and one.t_s > back_s]
    assert len(after) > (80 if kind == "high-rate" else 7)
