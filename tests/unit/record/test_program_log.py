"""The program's own troubles are kept beside the journal and off the terminal."""

import logging

import pytest

from eccentread.record.program_log import NAME, program_log


@pytest.fixture
def logger():
    return logging.getLogger("eccentread.io.anything")


def test_what_is_logged_goes_to_the_folder_and_not_to_the_terminal(tmp_path, capfd, logger):
    with program_log(tmp_path):
        logger.warning("the %s did not answer", "radio")
        logging.getLogger("asyncio").error("a task failed")
    kept = (tmp_path / NAME).read_text()
    assert "WARNING eccentread.io.anything: the radio did not answer" in kept
    assert "ERROR asyncio: a task failed" in kept
    assert capfd.readouterr() == ("", "")


def test_without_trouble_there_is_no_file(tmp_path):
    with program_log(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_afterwards_everything_is_as_it_was(tmp_path, logger):
    parent, root = logging.getLogger("eccentread"), logging.getLogger()
    before = parent.level, list(root.handlers)
    with pytest.raises(RuntimeError), program_log(tmp_path):
        raise RuntimeError
    assert (parent.level, root.handlers) == before


def test_a_folder_that_cannot_be_written_costs_the_line_and_nothing_else(tmp_path, capfd, logger):
    with program_log(tmp_path / "is" / "not" / "there"):
        logger.error("lost")
    assert capfd.readouterr() == ("", "")
