"""The guardian's own record."""

import logging

import pytest

from eccentread.guardian.log import log_to


@pytest.fixture(autouse=True)
def logger():
    found = logging.getLogger("eccentread")
    before, level = list(found.handlers), found.level
    yield found
    for handler in found.handlers[len(before) :]:
        found.removeHandler(handler)
        handler.close()
    found.setLevel(level)


def test_it_is_there_once_there_is_something_to_say(tmp_path):
    log_to(tmp_path / "guardian.log")
    assert list(tmp_path.iterdir()) == []
    logging.getLogger("eccentread.guardian").warning("taking over")
    assert "WARNING eccentread.guardian: taking over" in (tmp_path / "guardian.log").read_text()


def test_where_it_cannot_be_written_nothing_happens(tmp_path, capsys):
    log_to(tmp_path / "nowhere" / "guardian.log")
    logging.getLogger("eccentread.guardian").warning("taking over")
    assert capsys.readouterr().err == ""
