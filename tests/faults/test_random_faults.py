"""Anything goes wrong at any moment: three hundred seeds of those that `make chaos` draws ten thousand of."""

import pytest

from chaos.verdict import judged_seed

SEEDS = 300
AT_A_TIME = 10


@pytest.mark.parametrize("first", range(0, SEEDS, AT_A_TIME))
def test_whatever_befalls_every_rule_holds(first):
    broken = {}
    for seed in range(first, first + AT_A_TIME):
        one = judged_seed(seed)
        if one.complaints:
            broken[f"make chaos SEED={seed}"] = one.complaints
    assert broken == {}
