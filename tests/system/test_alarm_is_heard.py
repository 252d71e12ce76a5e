"""From when to when a whole session's siren sounds, with a stand-in for the siren, in virtual time."""

import asyncio

import pytest

from eccentread.cli.compose import Plan
from eccentread.ui.alarm import LAST_WORDS_S

WORDS = "Feet on the side rails! Hold on. Pull the safety key."


class Siren:
    """Remembers what was done with it, and when."""

    def __init__(self):
        self.done = []

    def start(self, words):
        self._note(words)

    def stop(self):
        self._note("silence")

    def close(self):
        self._note("closed")

    def _note(self, what):
        self.done.append((asyncio.get_running_loop().time(), what))

    @property
    def heard(self):
        return [what for _, what in self.done]


@pytest.fixture
def siren(monkeypatch):
    stand_in = Siren()
    monkeypatch.setattr("eccentread.cli.compose.Siren", lambda: stand_in)
    monkeypatch.setattr(Plan, "audible", property(lambda plan: True))
    return stand_in


def test_a_session_without_trouble_is_quiet(session, siren):
    assert session().called.status == 0
    assert siren.heard == ["closed"]


def test_it_sounds_from_a_lost_link_until_the_belt_stands(session, siren):
    told = session(machine="sim:link-drop-belt-runs")
    assert siren.heard == [WORDS, "silence", "closed"]
    (began_s, _), (ended_s, _), _ = siren.done
    assert ended_s - began_s > 5
    assert told.stands


def test_it_outlasts_a_session_whose_belt_may_run_on(session, siren):
    told = session(machine="sim:hang")
    assert told.called.status == 3
    assert siren.heard == [
        WORDS,
        "The belt may still be running! Keep off it, and pull the safety key.",
        "closed",
    ]
    (_, _), (last_s, _), (closed_s, _) = siren.done
    assert closed_s - last_s == pytest.approx(LAST_WORDS_S, abs=0.1)


@pytest.mark.parametrize(
    ("fast", "pace", "terminal", "loud"),
    [
        (False, None, True, True),
        (False, 1.0, True, True),
        (True, None, True, False),
        (False, 14.0, True, False),
        (False, None, False, False),
    ],
)
def test_a_simulated_session_is_loud_in_real_time_at_a_terminal(monkeypatch, fast, pace, terminal, loud):
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal, raising=False)
    plan = Plan("sim", None, None, None, None, None, False, fast, pace, None, None, False)
    assert plan.audible is loud
