"""A profile's file: what is read of it, and that whatever is wrong names file and key."""

import re
from pathlib import Path

import pytest

from eccentread.errors import Cause, InputError
from eccentread.session.profile import UNKNOWN, Match, Profile, SpeedSource, Unit, Verified
from eccentread.session.profile_file import parse_profile

README = Path(__file__).parents[3] / "hardware" / "treadmills" / "README.md"

FULL = """\
schema = 1
name = "Maker Model"
kind = "treadmill"
suitable = "yes"
why = "It is."
[match]
names = ["MM-*", "Maker"]
manufacturer = "Maker"
model = "M?"
firmware = "1.2"
from = ["us"]
[speed]
min_kmh = 0.5
max_kmh = 16
step_kmh = 0.16
from = ["us"]
[units]
commands = "mph"
reports = "km/h"
steps = "mph"
verified = true
from = ["us"]
[start]
after_s = 3.5
speed_kmh = 0.8
behaviour = "Counts down."
from = ["us"]
[stop]
behaviour = "Ramps."
from = ["us"]
[reports]
source = "measured"
interval_s = 0.5
standing = false
why = "Seen."
from = ["us"]
[control]
request_control = "silent"
answers_by = "notification"
keep_alive_s = 20
from = ["us"]
[[quirks]]
id = "countdown"
what = "It counts."
from = ["us"]
[[verified]]
what = "units"
by = "somebody"
on = "2026-11-21"
firmware = "1.2"
[[evidence]]
id = "us"
kind = "own-test"
where = "a session"
checked = "everything"
"""

LEAST = """\
schema = 1
name = "Maker Model"
kind = "unknown"
suitable = "unknown"
why = "Nobody knows."
[reports]
source = "unknown"
why = "Nobody knows."
from = ["us"]
[[evidence]]
id = "us"
kind = "report"
where = "somewhere"
checked = "nothing"
"""

ROW = re.compile(r"^\| `(?P<key>[\w.]+)` \| (?P<type>[^|]+) \| (?P<needed>yes|no) \|", re.MULTILINE)
DOCUMENTED = {
    row["key"]: (row["type"].strip(), row["needed"] == "yes")
    for row in ROW.finditer(README.read_text(encoding="utf-8"))
}


def lines_by_key(text: str) -> dict[str, int]:
    """The line that each key is on, by its dotted name."""
    table, found = "", {}
    for number, line in enumerate(text.splitlines()):
        if line.startswith("["):
            table = line.strip("[]") + "."
        else:
            found[table + line.partition(" =")[0]] = number
    return found


LINES = lines_by_key(FULL)


def without(key: str) -> str:
    lines = FULL.splitlines()
    del lines[LINES[key]]
    return "\n".join(lines)


def with_value(key: str, value: str) -> str:
    lines = FULL.splitlines()
    lines[LINES[key]] = f"{key.rpartition('.')[2]} = {value}"
    return "\n".join(lines)


def refusal(text: str) -> str:
    with pytest.raises(InputError) as raised:
        parse_profile(text, "mine.toml")
    assert raised.value.cause is Cause.PROFILE_INVALID
    sentence = raised.value.sentence
    assert sentence.startswith("mine.toml")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_everything_is_read():
    assert parse_profile(FULL, "mine.toml") == Profile(
        key="mine",
        name="Maker Model",
        suitable=True,
        why="It is.",
        min_centi_kmh=50,
        max_centi_kmh=1600,
        step_centi_kmh=16,
        unit_verified=True,
        command_unit=Unit.MPH,
        report_unit=Unit.KMH,
        source=SpeedSource.MEASURED,
        reports_standing=False,
        start_after_s=3.5,
        keep_alive_s=20.0,
        start_centi_kmh=80,
        quirks=("countdown",),
        match=Match(("MM-*", "Maker"), "Maker", "M?", "1.2"),
        verified=(Verified("units", "somebody", "2026-11-21", "1.2"),),
    )


def test_what_is_left_out_is_as_with_an_unknown_machine():
    least = parse_profile(LEAST, "least.toml")
    assert least == Profile(key="least", name="Maker Model", why="Nobody knows.")
    assert least.match == UNKNOWN.match


@pytest.mark.parametrize("unit", ["commands", "reports"])
def test_a_unit_that_is_not_known_is_taken_for_the_specifications_and_not_for_verified(unit):
    profile = parse_profile(
        with_value(f"units.{unit}", '"unknown"').replace("verified = true\n", ""), "mine.toml"
    )
    assert not profile.unit_verified
    assert (profile.command_unit if unit == "commands" else profile.report_unit) is Unit.KMH


# --- the documentation, and what is refused -----------------------------------------------------------------


def test_the_readme_names_the_keys_that_the_parser_knows_and_no_others():
    assert set(DOCUMENTED) == set(LINES)


@pytest.mark.parametrize("key", LINES)
def test_a_key_is_needed_where_the_readme_says_so(key):
    if DOCUMENTED[key][1]:
        assert f"{key} is missing" in refusal(without(key))
    elif key == "match.firmware":  # units that are verified are verified with a firmware
        assert "units.verified needs match.firmware" in refusal(without(key))
    else:
        parse_profile(without(key), "mine.toml")


WRONG = {
    "text": ["1", '""', '"  "', "[]"],
    "number": ['"1"', "true", "nan", "inf", "-inf", "-1", "1e9", "[]"],
    "truth": ["1", '"true"', "[]"],
    "texts": ['"one"', "[]", "[1]", '[""]', '["us", 2]'],
    "choice": ['"guess"', "1", "true", '""', "[]"],
}
MAY_BE_EMPTY = ("match.firmware", "verified.firmware")


def wrong_values() -> list[tuple[str, str]]:
    return [
        (key, value)
        for key, (kind, _) in DOCUMENTED.items()
        for value in WRONG[kind if kind in WRONG else "choice"]
        if not (key in MAY_BE_EMPTY and value.startswith('"')) and not (key == "schema" and value == "1")
    ]


@pytest.mark.parametrize(("key", "value"), wrong_values())
def test_a_value_of_the_wrong_kind_is_refused_by_its_key(key, value):
    assert f" {key} " in refusal(with_value(key, value))


@pytest.mark.parametrize(
    "table", ["match", "speed", "units", "start", "stop", "control", "quirks", "verified"]
)
def test_a_table_that_is_none_is_refused(table):
    assert f" {table} must be" in refusal(f"{table} = 1\n{LEAST}")


@pytest.mark.parametrize("table", ["", *sorted({key.rpartition(".")[0] for key in LINES if "." in key})])
def test_an_unknown_key_is_refused_in_every_table(table):
    first = next(line for key, line in LINES.items() if key.rpartition(".")[0] == table)
    lines = FULL.splitlines()
    lines.insert(first, "colour = 1")
    name = f"{table}.colour" if table else "colour"
    assert f" {name} is not a key of a profile" in refusal("\n".join(lines))


@pytest.mark.parametrize("key", ["ceiling_kmh", "lock_kmh", "over_speed_kmh", "margin_kmh", "silence_s"])
def test_no_key_can_raise_a_limit(key):
    assert key in refusal(f"{key} = 9\n{FULL}")
    for table in ("speed", "units", "reports", "control"):
        assert f"{table}.{key} " in refusal(FULL.replace(f"[{table}]\n", f"[{table}]\n{key} = 9\n"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (with_value("schema", "2"), "schema is 2, newer than this program knows (1); upgrade eccentread"),
        (with_value("speed.min_kmh", "0.805"), "speed.min_kmh must be in hundredths of a km/h"),
        (with_value("speed.min_kmh", "17"), "speed.min_kmh must not be above speed.max_kmh"),
        (with_value("start.from", '["nobody"]'), "start.from names 'nobody', which no [[evidence]] has"),
        (with_value("quirks.id", '"Count Down"'), "quirks.id must be small letters, digits and hyphens"),
        (with_value("verified.on", '"21.11.2026"'), "verified.on must be a day such as 2026-11-21"),
        (with_value("units.commands", '"unknown"'), "units.verified cannot be true of a unit"),
        (
            FULL + '[[evidence]]\nid = "us"\nkind = "report"\nwhere = "x"\nchecked = "x"\n',
            "evidence.id 'us' is there twice",
        ),
        (
            FULL + '[[quirks]]\nid = "countdown"\nwhat = "x"\nfrom = ["us"]\n',
            "quirks.id 'countdown' is there twice",
        ),
        (FULL.partition("[[verified]]")[0] + "[[evidence]]" + FULL.partition("[[evidence]]")[2],
         "units.verified needs a [[verified]]"),
        (f'{LEAST}[match]\nfirmware = "1"\nfrom = ["us"]\n', "match needs names, a manufacturer or a model"),
        (LEAST.partition("[[evidence]]")[0], "evidence is missing"),
        ("schema = ", "is not a profile file"),
        ("a = " + "[" * 5000, "is not a profile file"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(text, says):
    assert says in refusal(text)


@pytest.mark.parametrize("key", ["match.firmware", "verified.firmware"])
def test_a_machine_that_tells_no_firmware_can_be_written_down(key):
    assert parse_profile(with_value(key, '""'), "mine.toml")
