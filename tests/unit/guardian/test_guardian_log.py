"""The guardian's own record."""

import logging
import os
import time

import pytest

from eccentread.guardian.log import log_to


@pytest.fixture(autouse=True)
def logger():
    found, level = logging.getLogger(), logging.getLogger("eccentread").level
    before = list(found.handlers)
    yield found
    for handler in found.handlers[len(before) :]:
        found.removeHandler(handler)
        handler.close()
    logging.getLogger("eccentread").setLevel(level)


def test_it_is_there_once_there_is_something_to_say(tmp_path, logger):
    log_to(tmp_path / "guardian.log")
    assert list(tmp_path.iterdir()) == []
    logging.getLogger("eccentread.guardian").warning("taking over")
    logging.getLogger("bleak").warning("odd")
    logger.handlers[-1].close()
    said = (tmp_path / "guardian.log").read_text().splitlines()
    assert [line.partition("WARNING ")[2] for line in said] == [
        "eccentread.guardian: taking over",
        "bleak: odd",
    ]


def test_a_disk_that_hangs_holds_up_nobody(tmp_path, logger):
    os.mkfifo(tmp_path / "guardian.log")  # opening it waits for ever
    log_to(tmp_path / "guardian.log")
    began_s = time.monotonic()
    logging.getLogger("eccentread.guardian").warning("taking over")
    logger.handlers[-1].close()
    assert time.monotonic() - began_s < 5.0


def test_where_it_cannot_be_written_nothing_happens(tmp_path, capsys):
    log_to(tmp_path / "nowhere" / "guardian.log")
    logging.getLogger("eccentread.guardian").warning("taking over")
    assert capsys.readouterr().err == ""
