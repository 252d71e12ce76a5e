import io
import os

import pytest

from eccentread.ui.direct import direct


@pytest.fixture
def reader_and_writer():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", 0) as readable, os.fdopen(writer, "wb", 0) as writable:
        yield readable, writable


def test_text_is_out_at_once_and_behind_what_the_stream_still_held(reader_and_writer) -> None:
    readable, writable = reader_and_writer
    stream = io.TextIOWrapper(io.BufferedWriter(writable), encoding="utf-8")
    stream.write("held, ")
    assert direct(stream).write("d′ 5") == 4
    assert readable.read(100).decode() == "held, d′ 5"


def test_characters_the_encoding_lacks_become_question_marks(reader_and_writer) -> None:
    readable, writable = reader_and_writer
    direct(io.TextIOWrapper(io.BufferedWriter(writable), encoding="ascii")).write("d′ 5")
    assert readable.read(100) == b"d? 5"


def test_a_pipe_without_reader_raises(reader_and_writer) -> None:
    readable, writable = reader_and_writer
    out = direct(io.TextIOWrapper(io.BufferedWriter(writable), encoding="utf-8"))
    readable.close()
    with pytest.raises(BrokenPipeError):
        out.write("x")


def test_a_pipe_is_no_terminal(reader_and_writer) -> None:
    assert not direct(io.TextIOWrapper(io.BufferedWriter(reader_and_writer[1]), encoding="utf-8")).isatty()
