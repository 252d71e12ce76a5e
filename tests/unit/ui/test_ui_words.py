import pytest

from eccentread.events import Outcome, Phase, Reason
from eccentread.ui.words import OUTCOMES, PHASES, REASONS, clock, phase_words, printable


def test_every_phase_outcome_and_reason_has_plain_words() -> None:
    assert set(PHASES) == set(Phase)
    assert set(OUTCOMES) == set(Outcome)
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize(
    ("t_s", "shown"), [(0.0, "00:00"), (59.9, "00:59"), (61.0, "01:01"), (6000.0, "100:00"), (-3.0, "00:00")]
)
def test_session_time_reads_as_minutes_and_seconds(t_s, shown) -> None:
    assert clock(t_s) == shown


@pytest.mark.parametrize(
    ("phase", "set_index", "words"),
    [
        (Phase.SET, 2, "Set 2 of 3"),
        (Phase.REST, 1, "Rest after set 1 of 3"),
        (Phase.REST, None, "Rest"),
        (Phase.ARMING, 2, "Waiting for your go-ahead"),
    ],
)
def test_sets_and_rests_say_which_one(phase, set_index, words) -> None:
    assert phase_words(phase, set_index, 3) == words


def test_a_machine_name_cannot_drive_the_terminal() -> None:
    assert printable("T\x1b[2J\x07\u202eread") == "T [2J  read"
