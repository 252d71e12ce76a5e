"""What the guardian shouts, and on what."""

import contextlib
import os
import time

from eccentread.guardian.crier import Crier, shout


def test_a_shout_is_as_wide_as_the_terminal_and_says_first_what_to_do_with_the_body():
    for columns in (20, 80, 200):
        lines = shout("The program has ended.", columns).replace("\a", "").split("\r\n")[:-1]
        bare = [line.removeprefix("\x1b[1;97;41m").removesuffix("\x1b[0m") for line in lines]
        assert {len(line) for line in bare} == {columns}
        words = " ".join(" ".join(bare).split())
        assert words == "FEET ON THE SIDE RAILS! HOLD ON. PULL THE SAFETY KEY. The program has ended."


def test_it_rings_the_bell():
    assert shout("news", 80).startswith("\a")


def test_a_file_gets_plain_lines_and_the_last_word_last(tmp_path):
    with (tmp_path / "said").open("w") as file:
        crier = Crier(file)
        crier.start("The belt may run.")
        crier.hush("the belt stands.")

    assert (tmp_path / "said").read_text() == (
        "Feet on the side rails! Hold on. Pull the safety key. The belt may run.\n"
        "eccentread: the belt stands.\n"
    )


def test_a_reader_that_is_gone_or_never_was_is_no_matter():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        crier = Crier(pipe)
        crier.start("news")
        crier.tell("other news")
        crier.hush("last")
    Crier(None).hush("last")


def test_a_reader_that_does_not_read_holds_up_nobody():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writing, b"x" * 4096):
            pass
    os.set_blocking(writing, True)
    with os.fdopen(writing, "w") as pipe:
        crier = Crier(pipe)
        began_s = time.monotonic()
        crier.start("news")
        crier.hush("last", patience_s=0.1)
        assert time.monotonic() - began_s < 5.0
        os.close(reading)
