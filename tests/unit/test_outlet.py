import threading

from eccentread.events import Noted
from eccentread.outlet import Outlet

DEADLINE_S = 20.0


def noted(*numbers):
    return [Noted(float(number), f"note {number}") for number in numbers]


def test_hands_over_every_output_in_order_on_another_thread():
    seen = []
    outlet = Outlet("test", lambda output: seen.append((output, threading.get_ident())))
    for output in noted(1, 2, 3):
        outlet.put(output)
    assert outlet.close(DEADLINE_S)
    assert [output for output, _ in seen] == noted(1, 2, 3)
    assert threading.get_ident() not in {ident for _, ident in seen}
    assert outlet.dropped == 0


def test_a_stuck_handler_delays_nobody_and_costs_the_oldest_outputs():
    entered, released, seen = threading.Event(), threading.Event(), []

    def handle(output):
        entered.set()
        released.wait(DEADLINE_S)
        seen.append(output)

    outlet = Outlet("test", handle, capacity=3)
    outlet.put(noted(0)[0])
    assert entered.wait(DEADLINE_S)
    for output in noted(1, 2, 3, 4, 5):
        outlet.put(output)
    assert outlet.dropped == 2
    released.set()
    assert outlet.close(DEADLINE_S)
    assert seen == noted(0, 3, 4, 5)


def test_close_gives_up_on_a_handler_that_does_not_return_and_counts_what_is_lost():
    entered, released, seen = threading.Event(), threading.Event(), []

    def handle(output):
        entered.set()
        released.wait(DEADLINE_S)
        seen.append(output)

    outlet = Outlet("test", handle)
    for output in noted(0, 1, 2):
        outlet.put(output)
    assert entered.wait(DEADLINE_S)
    assert not outlet.close(0.0)
    assert outlet.dropped == 2
    released.set()
    assert outlet.close(DEADLINE_S)
    assert seen == noted(0)


def test_an_output_after_close_counts_as_dropped():
    seen = []
    outlet = Outlet("test", seen.append)
    assert outlet.close(DEADLINE_S)
    outlet.put(noted(1)[0])
    assert (seen, outlet.dropped) == ([], 1)


def test_failures_of_the_handler_are_logged_once_and_do_not_stop_it(caplog):
    seen = []

    def handle(output):
        if output.t_s < 3:
            raise RuntimeError("broken pipe")
        seen.append(output)

    outlet = Outlet("browser", handle)
    for output in noted(1, 2, 3):
        outlet.put(output)
    assert outlet.close(DEADLINE_S)
    assert seen == noted(3)
    assert len(caplog.records) == 1
    assert "browser" in caplog.text
    assert "broken pipe" in caplog.text
