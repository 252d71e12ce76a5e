"""Sessions at a terminal, their Bluetooth the real BlueZ, against what really happened to the belt."""

START, STOP, REQUEST_CONTROL, SPEED_0_8 = "07", "0801", "00", "025000"


def locked(session):
    """A session whose belt runs at the lock."""
    companion = session()
    companion.until("phase-changed", phase="signal-check")
    return companion


def stopped_by_hand(companion) -> int:
    companion.press(" ")
    return companion.end()


def test_a_session_finds_locks_counts_and_stops_and_agrees_with_the_truth(session, treadmill):
    companion = session()

    assert companion.end(within_s=240) == 0
    assert companion.summary["outcome"] == "finished"
    assert companion.summary["simulated"] is False  # it cannot know
    assert treadmill.commands[:3] == [REQUEST_CONTROL, START, SPEED_0_8]
    assert treadmill.stands()
    [done] = companion.summary["sets"]
    assert (done["count"], done["target"]) == (4, 4)
    offset_s = companion.of("connected")[0]["t_s"] - treadmill.truth("link")[0]["t_s"]
    onsets_s = [push["onset_s"] + offset_s for push in treadmill.truth("contact") if push["counts"]]
    for rep in done["reps"]:
        assert min(abs(rep["onset_s"] - onset_s) for onset_s in onsets_s) < 1.5


def test_a_lost_link_is_told_and_on_return_the_belt_is_stopped_and_nothing_else(session, treadmill):
    companion = locked(session)
    before = len(treadmill.commands)

    treadmill.do("lose_link")

    companion.until("link-lost", within_s=10)
    companion.until("connected")
    assert companion.end() == 3
    assert [fault["reason"] for fault in companion.summary["faults"]] == ["link-lost"]
    assert "FAULT: The link to the treadmill is lost while the belt may be running" in companion.said
    after = treadmill.commands[before:]
    assert after[0] == STOP
    assert set(after) <= {STOP, REQUEST_CONTROL}
    assert treadmill.stands()


def test_bluetooth_switched_off_ends_the_session_and_a_later_one_works(session, treadmill, bluez, eccentread):
    companion = locked(session)
    before = len(treadmill.commands)

    bluez.power("off")

    companion.until("fault-raised", within_s=10, reason="link-lost")
    looked = eccentread("scan", "--time", "2")
    assert looked.returncode == 4
    assert looked.stderr.startswith("eccentread: Bluetooth is off; switch it on")
    bluez.power("on")
    assert companion.end() == 3
    assert set(treadmill.commands[before:]) <= {STOP, REQUEST_CONTROL}
    assert treadmill.stands()
    assert stopped_by_hand(locked(session)) == 1
    assert treadmill.stands()


def test_a_killed_bluetooth_service_is_noticed_by_its_silence_and_a_later_session_works(
    session, treadmill, bluez
):
    companion = locked(session)
    before = len(treadmill.commands)

    bluez.kill()

    companion.until("fault-raised", within_s=10, reason="silent")
    bluez.start()
    companion.until("connected")
    assert companion.end() == 3
    assert set(treadmill.commands[before:]) <= {STOP, REQUEST_CONTROL}
    assert treadmill.stands()
    assert stopped_by_hand(locked(session)) == 1
    assert treadmill.stands()


def test_a_killed_programs_belt_is_stopped_by_its_guardian_over_the_link_that_bluez_keeps(session, treadmill):
    companion = locked(session)
    before = len(treadmill.commands)
    killed_s = treadmill.truth("speed")[-1]["t_s"]

    companion.kill()

    assert treadmill.stop_after(before, within_s=20) - killed_s <= 3.0
    treadmill.until_it_stands(within_s=20)
    assert set(treadmill.commands[before:]) <= {STOP, REQUEST_CONTROL}
    assert len(treadmill.truth("link")) == 1  # it was never lost
    assert "Feet on the side rails" in companion.said
    companion.until_said("stands. The session is over", within_s=60)
    assert stopped_by_hand(locked(session)) == 1
