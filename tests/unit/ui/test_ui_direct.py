import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

import pytest

from eccentread.ui.direct import direct


@contextmanager
def pipe(encoding: str = "utf-8") -> Iterator[tuple[BinaryIO, TextIO]]:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", 0) as readable, os.fdopen(writer, "w", encoding=encoding) as stream:
        yield readable, stream


def test_text_is_out_at_once_and_behind_what_the_stream_still_held() -> None:
    with pipe() as (readable, stream):
        stream.write("held, ")
        assert direct(stream).write("d′ 5") == 4
        assert readable.read(100).decode() == "held, d′ 5"


def test_characters_the_encoding_lacks_become_question_marks() -> None:
    with pipe("ascii") as (readable, stream):
        direct(stream).write("d′ 5")
        assert readable.read(100) == b"d? 5"


def test_a_pipe_without_reader_raises() -> None:
    with pipe() as (readable, stream):
        readable.close()
        with pytest.raises(BrokenPipeError):
            direct(stream).write("x")


def test_a_pipe_is_no_terminal() -> None:
    with pipe() as (_, stream):
        assert not direct(stream).isatty()


def test_a_non_blocking_pipe_that_is_full_is_waited_for() -> None:
    text = "x" * 300_000
    with pipe() as (readable, stream):
        os.set_blocking(stream.fileno(), False)
        out = direct(stream)
        writer = threading.Thread(target=out.write, args=(text,))
        writer.start()
        read = b""
        while len(read) < len(text):
            read += readable.read(len(text))
        writer.join()
    assert read.decode() == text
