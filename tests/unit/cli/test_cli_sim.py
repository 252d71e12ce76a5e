"""The list of personalities that `eccentread sim --list` tells."""

from eccentread.cli.sim import listed

KNOWN = {"short": "Does nothing", "rather-long": "Does " + "this and that and " * 8 + "more"}


def test_on_a_terminal_a_long_description_goes_on_below_its_beginning():
    lines = listed(KNOWN, 80)
    assert max(map(len, lines)) <= 80
    assert lines[0] == "short        Does nothing"
    assert all(line.startswith(" " * 13) for line in lines[2:])
    assert " ".join(line[13:] for line in lines[1:]) == KNOWN["rather-long"]


def test_for_other_programs_each_personality_is_one_line():
    assert listed(KNOWN) == ["short        Does nothing", f"rather-long  {KNOWN['rather-long']}"]
