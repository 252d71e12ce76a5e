"""Which profile is a machine's."""

from itertools import permutations

import pytest

from eccentread.session.profile import Match, Profile, candidates, matching, remarks

DEVICE = {"manufacturer": "Maker", "model": "T202", "firmware": "1.2.3"}


def profile(key: str, *names: str, **patterns: str) -> Profile:
    return Profile(key=key, name=key.title(), match=Match(names, **patterns))


def match(*profiles: Profile, name: str = "MM-4711", device: dict[str, str] = DEVICE) -> str | None:
    """The key of the profile taken, whatever their order."""
    found = {
        taken and taken.key for order in permutations(profiles) for taken in [matching(order, name, device)]
    }
    (key,) = found
    return key


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("MM-4711", "MM-4711", True),
        ("mm-4711", "MM-4711", True),
        ("MM-4711", " MM-4711 ", True),
        ("MM-*", "MM-4711", True),
        ("MM-*", "MM-", True),
        ("*", "", True),
        ("MM-????", "MM-4711", True),
        ("MM-???", "MM-4711", False),
        ("MM-", "MM-4711", False),
        ("M-*", "MM-4711", False),
        ("MM.*", "MM-4711", False),  # dots and brackets are themselves
        ("A[b]*", "A[b]1", True),
        ("A[b]*", "Ab1", False),
        ("2*2?", "2*2?", True),
    ],
)
def test_a_pattern(pattern, name, fits):
    assert (match(profile("a", pattern), name=name) == "a") is fits


def test_all_that_a_profile_names_must_fit():
    whole = profile("a", "MM-*", manufacturer="maker", model="T*", firmware="1.*")
    assert match(whole) == "a"
    for key in DEVICE:
        assert match(whole, device=DEVICE | {key: "another"}) is None
        assert match(whole, device={k: v for k, v in DEVICE.items() if k != key}) is None
    assert match(whole, name="another") is None


def test_without_a_pattern_a_profile_is_for_nobody():
    assert match(profile("a")) is None
    assert match(profile("a"), name="", device={}) is None


def test_a_machine_that_tells_no_firmware_is_not_one_of_any():
    assert match(profile("a", "MM-*", firmware="")) is None
    assert match(profile("a", "MM-*", firmware=""), device={}) == "a"


@pytest.mark.parametrize(
    ("wins", "loses"),
    [
        (profile("w", "MM-*", firmware="1*"), profile("l", "MM-4711", model="T202", manufacturer="Maker")),
        (profile("w", model="T*"), profile("l", "MM-4711", manufacturer="Maker")),
        (profile("w", manufacturer="M*"), profile("l", "MM-4711")),
        (profile("w", "MM-4711"), profile("l", "MM-*")),
        (profile("w", "x", "MM-471?"), profile("l", "MM-4*", "M*")),
        (profile("w", "MM-*", firmware="1.2.3"), profile("l", "MM-*", firmware="1.2.*")),
        (profile("w", "MM-*", model="T202"), profile("l", model="T202")),
    ],
)
def test_the_more_specific_wins_in_any_order(wins, loses):
    assert match(wins, loses) == "w"
    assert match(wins, loses, profile("o", "other")) == "w"


def test_of_two_that_fit_equally_neither_is_taken():
    twins = profile("a", "MM-*"), profile("b", "*4711"[:4] + "*")
    assert match(profile("a", "MM-*"), profile("b", "MM-*")) is None
    assert remarks([profile("a", "MM-*"), profile("b", "MM-*")], "MM-4711", DEVICE) == [
        "Profiles that fit this machine equally (a, b) are not used; make one more specific."
    ]
    assert match(*twins, profile("c", "MM-4711")) == "c"
    assert remarks([*twins, profile("c", "MM-4711")], "MM-4711", DEVICE) == []


def test_what_is_known_of_a_firmware_is_not_known_of_the_next():
    family, verified = profile("family", "MM-*"), profile("verified", "MM-*", firmware="1.2.3")
    assert match(family, verified) == "verified"
    updated = DEVICE | {"firmware": "1.2.4"}
    assert match(family, verified, device=updated) == "family"
    assert match(verified, device=updated) is None
    assert remarks([family, verified], "MM-4711", updated) == [
        "What is known of Verified holds for firmware 1.2.3, not for 1.2.4."
    ]
    assert remarks([family, verified], "MM-4711", DEVICE) == []
    assert remarks([family, verified], "another", updated) == []


def test_candidates_are_those_that_the_name_does_not_rule_out():
    by_name, other = profile("a", "MM-*", firmware="9"), profile("b", "XX-*")
    by_model, nobody = profile("c", model="T202"), profile("d")
    assert candidates([by_name, other, by_model, nobody], "MM-1") == [by_name, by_model]
