"""When the guardian takes over, tick by tick."""

import pytest

from eccentread.guardian.watching import BEAT_S, MAY_RUN, SILENT_S, STANDS, TICK_S, Verdict, Watching, Why

TICKS = round(SILENT_S / TICK_S)


def silent(watching: Watching, ticks: int) -> list[object]:
    return [watching.tick() for _ in range(ticks)]


def test_the_programs_end_is_a_death_only_if_its_belt_may_run():
    running, standing, mute = Watching(), Watching(), Watching()
    running.heard(MAY_RUN)
    standing.heard(MAY_RUN)
    standing.heard(STANDS)

    assert running.heard(b"") is Why.DIED
    assert standing.heard(b"") is Verdict.DONE
    assert mute.heard(b"") is Verdict.DONE


def test_what_was_said_last_holds_however_much_is_read_at_once():
    running, standing = Watching(), Watching()
    running.heard(STANDS * 3 + MAY_RUN)
    standing.heard(MAY_RUN * 3 + STANDS)

    assert running.heard(b"") is Why.DIED
    assert standing.heard(b"") is Verdict.DONE


def test_silence_is_a_hang_after_two_seconds_of_the_watchers_own_ticks():
    watching = Watching()
    watching.heard(MAY_RUN)

    assert silent(watching, TICKS) == [None] * (TICKS - 1) + [Why.HUNG]


def test_each_word_begins_the_silence_anew():
    watching = Watching()
    for _ in range(100):
        assert watching.heard(MAY_RUN) is None
        assert set(silent(watching, TICKS - 1)) == {None}


@pytest.mark.parametrize("words", [b"", STANDS, MAY_RUN + STANDS])
def test_a_silent_program_whose_belt_stands_is_left_alone(words):
    watching = Watching()
    if words:
        watching.heard(words)

    assert set(silent(watching, 10 * TICKS)) == {None}


def test_a_program_may_miss_several_beats():
    assert SILENT_S >= 4 * BEAT_S
