"""The belt's own permission: the gate is a second lock behind the states."""

from collections.abc import Callable
from typing import Any

import pytest

from eccentread.events import Phase

ENDS: dict[str, Callable[[Any], object]] = {
    "stop": lambda bench: bench.stop(),
    "alarm": lambda bench: bench.status("ff"),
    "console": lambda bench: bench.status("0201"),
    "link lost": lambda bench: bench.lose(),
    "connection anew": lambda bench: bench.connect(),
}


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_the_run_takes_the_permission_away(bench, end):
    bench.until(Phase.SET)
    gate = bench.session._belt._gate
    assert gate.armed(bench.t_s)
    ENDS[end](bench)
    assert not gate.armed(bench.t_s)
