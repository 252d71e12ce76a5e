"""The broker vanishes, hangs, spams or babbles: the session goes as without it, and the stop is as fast."""

import os
import signal

import pytest

import brokers
from brokers import broker
from driving import MOMENTS, Running, Trouble

STOP = "0801"
MANNERS = (brokers.mute, brokers.deaf, brokers.thankless, brokers.spamming, brokers.babbling)


@pytest.fixture(autouse=True)
def nobody_waits_for_long_at_the_end(monkeypatch):
    monkeypatch.setattr("eccentread.cli.compose.CLOSE_S", 0.2)


@pytest.mark.parametrize("manners", MANNERS, ids=lambda manners: manners.__name__)
def test_the_session_goes_on_as_without_it(composed, undisturbed, manners):
    with broker(manners) as there:
        run = composed(options={"mqtt": there.url})
        assert there.met.wait(10.0)
    assert run.went_as(undisturbed)
    assert run.status == 0


@pytest.mark.parametrize("moment", ["countdown", "mid-push", "stopping"])
def test_one_that_vanishes_in_the_middle(composed, undisturbed, moment):
    with broker(brokers.thankless) as there:

        def vanish(run: Running) -> None:
            assert there.met.wait(10.0)
            there.vanish()

        run = composed(options={"mqtt": there.url}, troubles=[Trouble(MOMENTS[moment], vanish)])
    assert run.went_as(undisturbed)
    assert run.status == 0


def test_a_stop_beside_one_that_spams(composed):
    with broker(brokers.spamming) as there:

        def stop(run: Running) -> None:
            assert there.met.wait(10.0)
            os.kill(os.getpid(), signal.SIGTERM)

        run = composed(options={"mqtt": there.url}, troubles=[Trouble(MOMENTS["mid-push"], stop)])
    [asked_s] = run.befell_s
    first_s, first = next((t_s, data) for t_s, data in run.writes if t_s >= asked_s)
    assert first == STOP
    assert first_s - asked_s <= 0.05
    assert run.stands
