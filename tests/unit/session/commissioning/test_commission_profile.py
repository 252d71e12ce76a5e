"""The file that comes of it: valid, honest about gaps, and safe against whatever a name holds."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eccentread.session import parse_profile
from eccentread.session.commissioning import Colophon, Findings, profile_text, summary, title
from eccentread.session.commissioning.judgement import fitness

COLOPHON = Colophon("me", "2026-11-21", "eccentread 0", "s-1", simulated=False, complete=True)


def test_a_machine_of_which_nothing_is_known_has_a_valid_profile_all_the_same():
    text = profile_text(Findings(name="Belt"), COLOPHON)
    profile = parse_profile(text, "belt.toml")
    assert profile.suitable is None
    assert profile.min_centi_kmh is None
    assert not profile.unit_verified
    assert set(tomllib.loads(text)) == {"schema", "name", "kind", "suitable", "why", "match", "reports",
                                        "verified", "evidence"}  # fmt: skip
    assert text.count("# Not learned:") > 8


@given(name=st.text(), model=st.text(), firmware=st.text(), by=st.text(min_size=1).filter(str.strip))
def test_any_name_makes_a_valid_file(name, model, firmware, by):
    findings = Findings(name=name, device={"model": model, "firmware": firmware})
    text = profile_text(findings, replace(COLOPHON, by=by))
    assert parse_profile(text, "it.toml").name == title(findings)
    assert list(summary(findings, complete=False))


def test_a_simulated_profile_says_so_wherever_it_is_read(bench):
    text = bench().commission().text(simulated=True)
    document = tomllib.loads(text)
    assert "SIMULATED" in document["name"]
    assert "SIMULATED" in document["evidence"][0]["where"]
    assert text.splitlines()[1].startswith("# SIMULATED")


def test_a_real_one_does_not(bench):
    assert "SIMULATED" not in bench().commission().text()


def test_no_address_is_in_it(bench):
    assert "F0:0D" not in bench().commission().text()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rails": False}, "no side rails"),
        ({"stop_first_moved": True}, "starts it"),
    ],
)
def test_one_reason_is_enough_to_be_unfit(bench, changes, reason):
    findings = bench().commission().session.findings
    assert fitness(findings, complete=True).suitable is True
    fit = fitness(replace(findings, **changes), complete=True)
    assert fit.suitable is False
    assert reason in fit.why


@pytest.mark.parametrize(
    ("changes", "gap"), [({"rails": None}, "rails"), ({"touches": ()}, "key"), ({"holds": ()}, "0.8 km/h")]
)
def test_a_gap_leaves_it_open(bench, changes, gap):
    fit = fitness(replace(bench().commission().session.findings, **changes), complete=True)
    assert fit.suitable is None
    assert gap in fit.why


def test_an_unfinished_commissioning_calls_nothing_fit(bench):
    assert fitness(bench().commission().session.findings, complete=False).suitable is None


def test_a_key_that_does_not_stop_the_belt_makes_it_unfit(bench):
    one = bench(says={"safety-key": 0}).commission()
    assert fitness(one.session.findings, complete=True).suitable is False


def test_a_belt_that_is_off_what_it_reports_makes_it_unfit(bench, machine):
    off = machine(reporting='source = "set-point"', more="[athlete]\n").drive
    biased = replace(machine(), drive=replace(off, bias=0.86))
    one = bench(replace(biased, reporting=machine(reporting='source = "set-point"').reporting)).commission()
    fit = fitness(one.session.findings, complete=True)
    assert "off what it reports" in fit.why
