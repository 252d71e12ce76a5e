"""Work in processes of their own. Items are expressions, the work is `eval`: any process knows it."""

import multiprocessing
import os

import pytest

from eccentread.cli.workers import in_order, processors

WHO = "__import__('os').getpid()"
DIES = "__import__('os')._exit(3)"


def crashed(item):
    return f"crashed over {item}"


def worked(items, processes=2, worth_s=0.0):
    return list(in_order(eval, items, crashed, processes=processes, worth_s=worth_s))


def test_results_keep_the_order_of_the_items_however_long_each_takes(tmp_path):
    signal = f"__import__('pathlib').Path({str(tmp_path / 'signal')!r})"
    waits = f"next(filter(None, iter({signal}.exists, None)))"
    assert worked([waits, f"{signal}.touch()", "2", "3"]) == [True, None, 2, 3]


def test_as_many_processes_as_allowed_and_none_of_them_this_one():
    assert len({*worked([WHO] * 12, processes=2), os.getpid()}) in (2, 3)
    assert os.getpid() not in worked([WHO] * 3)


def test_little_work_is_done_here():
    assert set(worked([WHO] * 5, worth_s=60.0)) == {os.getpid()}


@pytest.mark.parametrize(("items", "processes"), [([WHO], 2), ([WHO] * 3, 1)])
def test_work_that_no_second_process_could_help_with_is_done_here(items, processes):
    assert set(worked(items, processes)) == {os.getpid()}


def test_what_takes_long_is_gone_on_with_elsewhere():
    here, *elsewhere = worked([WHO] * 4, worth_s=1e-9)
    assert here != os.getpid() or os.getpid() not in elsewhere


def test_a_process_that_dies_loses_its_item_alone():
    items = ["0", DIES, "2", DIES, DIES, "5", "6"]
    assert worked(items) == [0, crashed(DIES), 2, crashed(DIES), crashed(DIES), 5, 6]


def test_processes_end_with_the_work():
    assert worked(["0", "1", "2"]) == [0, 1, 2]
    assert multiprocessing.active_children() == []


def test_processes_end_when_nobody_wants_the_rest():
    forever = "next(iter(lambda: all(iter(lambda: True, False)), None))"
    results = in_order(eval, ["0", forever, forever, forever], crashed, processes=2, worth_s=0.0)
    assert next(results) == 0
    results.close()
    assert multiprocessing.active_children() == []


def test_there_is_a_processor():
    assert processors() >= 1
