"""Protocol files: what is read, and that every refusal names file and key."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from eccentread.errors import Cause, InputError
from eccentread.events import CueKind
from eccentread.session import parse_protocol
from eccentread.session.protocol import NUMBERED, REWORDABLE

FOLDER = Path(__file__).parents[3] / "protocols"
BUNDLED = (FOLDER / "pht-eccentric-treadmill.toml").read_text(encoding="utf-8")
README = (FOLDER / "README.md").read_text(encoding="utf-8")

KEYS = {
    key if not isinstance(value, dict) else f"{key}.{name}"
    for key, value in tomllib.loads(BUNDLED).items()
    for name in (value if isinstance(value, dict) else [""])
}
NEEDED = {key for key in KEYS if not key.startswith("cues.")}


def toml(changes: dict[str, Any]) -> str:
    """The bundled protocol with other values; `None` takes a key out."""
    document = tomllib.loads(BUNDLED)
    for path, value in changes.items():
        *tables, key = path.split(".")
        table = document
        for name in tables:
            table = table.setdefault(name, {})
        if value is None:
            del table[key]
        else:
            table[key] = value
    return _dump(document)


def _dump(document: dict[str, Any], path: str = "") -> str:
    lines = [f"{key} = {_value(value)}" for key, value in document.items() if not isinstance(value, dict)]
    for key, value in document.items():
        if isinstance(value, dict):
            lines += [f"[{path}{key}]", _dump(value, f"{path}{key}.")]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + value + "'" if isinstance(value, str) else repr(value)


def refusal(changes: dict[str, Any]) -> str:
    with pytest.raises(InputError) as refused:
        parse_protocol(toml(changes), "mine.toml")
    assert refused.value.cause is Cause.PROTOCOL_INVALID
    return refused.value.sentence


def test_the_bundled_protocol_is_0_8_km_h_and_three_times_fifteen():
    protocol = parse_protocol(BUNDLED, "pht-eccentric-treadmill.toml")
    assert (protocol.lock_centi_kmh, protocol.speed_kmh) == (80, 0.8)
    assert (protocol.sets, protocol.reps) == (3, 15)
    assert protocol.side in ("left", "right")
    assert protocol.effort == (4, 6)
    assert protocol.review_after_days == 28
    assert set(protocol.cues) <= REWORDABLE


def test_every_file_of_the_folder_is_a_protocol():
    for path in FOLDER.glob("*.toml"):
        assert parse_protocol(path.read_text(encoding="utf-8"), path.name).reps


@pytest.mark.parametrize("key", sorted(NEEDED))
def test_every_key_is_needed(key):
    assert refusal({key: None}) == f"mine.toml: {key} is missing; protocols/README.md describes it."


@pytest.mark.parametrize("table", ["effort", "pain", "signal_check", "review"])
def test_every_table_is_needed_and_is_a_table(table):
    assert refusal({table: None}) == f"mine.toml: {table} is missing; protocols/README.md describes it."
    assert refusal({table: 3}) == f"mine.toml: {table} must be a table, [{table}]."


def test_cues_may_be_left_out():
    assert parse_protocol(toml({"cues": None}), "mine.toml").cues == {}


@pytest.mark.parametrize(
    "key", ["speed", "Speed_kmh", "effort.middle", "pain.note", "signal_check.x", "review.y"]
)
def test_an_unknown_key_is_refused(key):
    assert (
        refusal({key: 1}) == f"mine.toml: {key} is not a key of a protocol; protocols/README.md lists them."
    )


def test_an_unknown_table_is_refused():
    assert refusal({"warmup.minutes": 5}).startswith("mine.toml: warmup is not a key of a protocol")


def test_the_fastest_lock_is_the_lock_unless_it_is_said():
    assert parse_protocol(toml({}), "mine.toml").max_centi_kmh == 80
    assert parse_protocol(toml({"speed_max_kmh": 1.05}), "mine.toml").max_centi_kmh == 105


@pytest.mark.parametrize("speed", [0.79, 1.21, 1.005])
def test_the_fastest_lock_is_between_the_lock_and_the_ceiling(speed):
    assert "speed_max_kmh" in refusal({"speed_max_kmh": speed})


RANGES = {
    "schema": (1, 1, 1),
    "speed_kmh": (0.1, 1.2, 0.01),
    "sets": (1, 10, 1),
    "reps": (1, 50, 1),
    "rest_s": (5, 600, 0.5),
    "effort.low": (0, 10, 1),
    "effort.high": (0, 10, 1),
    "pain.limit": (0, 10, 1),
    "signal_check.idle_s": (5, 60, 0.5),
    "signal_check.pushes": (2, 10, 1),
    "signal_check.rides": (1, 10, 1),
    "signal_check.window_s": (5, 20, 0.5),
    "signal_check.pause_s": (2, 20, 0.5),
    "review.after_days": (1, 365, 1),
}


def within(key: str, value: float) -> dict[str, Any]:
    """The change, with the other end of the effort out of its way."""
    others = {"effort.low": {"effort.high": 10}, "effort.high": {"effort.low": 0}}
    return others.get(key, {}) | {key: value}


@pytest.mark.parametrize(("key", "bounds"), RANGES.items())
def test_ranges_hold_at_both_ends(key, bounds):
    low, high, step = bounds
    for value in (low, high):
        parse_protocol(toml(within(key, value)), "mine.toml")
    for value in (round(low - step, 2), round(high + step, 2)):
        assert f"mine.toml: {key} " in refusal(within(key, value))


@pytest.mark.parametrize("key", RANGES)
@pytest.mark.parametrize("value", [True, "3", [1], float("nan"), float("inf"), -1])
def test_what_is_no_number_is_refused(key, value):
    assert refusal({key: value}).startswith(f"mine.toml: {key} must be a ")


@pytest.mark.parametrize("key", [key for key, (_, _, step) in RANGES.items() if step == 1])
def test_a_fraction_is_no_whole_number(key):
    assert refusal(within(key, 2.5)).startswith(f"mine.toml: {key} must be a whole number from ")


@pytest.mark.parametrize(
    ("speed", "centi"), [(0.8, 80), (1, 100), (0.29, 29), (0.57, 57), (1.13, 113), (1.2, 120), (0.1, 10)]
)
def test_a_speed_is_taken_to_the_hundredth(speed, centi):
    assert parse_protocol(toml({"speed_kmh": speed}), "mine.toml").lock_centi_kmh == centi


@pytest.mark.parametrize("speed", [0.805, 0.8000001, 0.1 + 0.2])
def test_a_speed_finer_than_the_wire_is_refused(speed):
    assert refusal({"speed_kmh": speed}) == (
        f"mine.toml: speed_kmh must be in hundredths of a km/h, not {speed}."
    )


def test_a_newer_schema_asks_for_an_upgrade():
    assert (
        refusal({"schema": 2})
        == "mine.toml: schema is 2, newer than this program knows (1); upgrade eccentread."
    )


def test_effort_runs_from_low_to_high():
    assert refusal({"effort.low": 7}) == "mine.toml: effort.low must not be above effort.high, 6."
    assert parse_protocol(toml({"effort.low": 6}), "mine.toml").effort == (6, 6)


@pytest.mark.parametrize("side", ["both", "Left", "", 1])
def test_a_side_is_left_or_right(side):
    assert refusal({"side": side}).startswith("mine.toml: side must be ")


@pytest.mark.parametrize("title", ["", "  ", 5, False])
def test_a_title_is_text(title):
    assert refusal({"title": title}).startswith("mine.toml: title must be text, not ")


@pytest.mark.parametrize("text", ["", "speed_kmh", "a = ", "[a\n", "\x00", "schema = 1\nschema = 1"])
def test_what_is_no_toml_or_empty_is_refused_by_name(text):
    with pytest.raises(InputError, match=r"^mine\.toml"):
        parse_protocol(text, "mine.toml")


# --- Cues ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cue", sorted(set(CueKind) - REWORDABLE))
def test_words_that_concern_safety_are_the_programs_own(cue):
    sentence = refusal({f"cues.{cue}": "Hop on."})
    assert sentence.startswith(f"mine.toml: cues.{cue} is not a cue that can be reworded; those are ")


@pytest.mark.parametrize("words", ["Go.", "{low} to {high}.", "Ready {{set}}."])
@pytest.mark.parametrize("cue", sorted(REWORDABLE))
def test_other_cues_can_be_reworded(cue, words):
    assert parse_protocol(toml({f"cues.{cue}": words}), "mine.toml").cues[cue] == words


@pytest.mark.parametrize("cue", sorted(REWORDABLE))
def test_the_number_goes_only_where_there_is_one(cue):
    if cue in NUMBERED:
        assert parse_protocol(toml({f"cues.{cue}": "{number}!"}), "mine.toml").cues[cue] == "{number}!"
    else:
        assert refusal({f"cues.{cue}": "{number}!"}) == (
            f"mine.toml: cues.{cue} may hold no other braces than {{low}} and {{high}}."
        )


@pytest.mark.parametrize(
    "words",
    [
        "{name}",
        "{}",
        "{0}",
        "{number.real}",
        "{number[0]}",
        "{number:q}",
        "{number:>9}",
        "{low:{high}}",
        "{number!r}",
        "{number!z}",
        "{",
        "}",
        "{number",
    ],
)
def test_braces_that_could_fail_in_the_session_are_refused(words):
    assert refusal({"cues.count": words}) == (
        "mine.toml: cues.count may hold no other braces than {number}, {low} and {high}."
    )


@pytest.mark.parametrize("words", ["", " ", 3])
def test_the_words_of_a_cue_are_text(words):
    assert refusal({"cues.count": words}).startswith("mine.toml: cues.count must be text, not ")


# --- protocols/README.md ------------------------------------------------------------------------------------


def documented() -> set[str]:
    """Keys in the first column of the README's table."""
    keys: set[str] = set()
    for row in re.findall(r"^\| (`.*?) \|", README, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        keys.add(first)
        keys |= {f"{first.split('.')[0]}{one}" if one.startswith(".") else one for one in others}
    return keys


def test_the_readme_names_the_keys_that_the_parser_knows_and_no_others():
    assert documented() == NEEDED | {"cues.NAME", "speed_max_kmh"}


def test_the_readme_names_the_cues_that_can_be_reworded_and_no_others():
    listed = README.partition("Cues that can be reworded:")[2].partition("Words that concern safety")[0]
    assert set(re.findall(r"`([^`]+)`", listed)) == set(REWORDABLE)


@pytest.mark.parametrize("key", sorted(set(RANGES) - {"schema"}))
def test_the_readme_gives_the_ranges_that_hold(key):
    row = next(row for row in README.splitlines() if row.startswith("|") and _names(row, key))
    low, high, _ = RANGES[key]
    assert f"{low:g}–{high:g}" in row


def _names(row: str, key: str) -> bool:
    last = key.rpartition(".")[2]
    return f"`{key}`" in row or (f"`.{last}`" in row and key.split(".", maxsplit=1)[0] in row)
