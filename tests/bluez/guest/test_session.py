"""Whole sessions: the program at a terminal, its Bluetooth the real BlueZ."""


def test_a_session_finds_locks_counts_and_stops_and_agrees_with_the_truth(session, treadmill):
    companion = session()

    assert companion.end(within_s=240) == 0
    print(companion.said)
    print(treadmill.commands)
    assert companion.summary["outcome"] == "finished"
    [done] = companion.summary["sets"]
    assert done["count"] == done["target"] == 4
    assert treadmill.stands()
