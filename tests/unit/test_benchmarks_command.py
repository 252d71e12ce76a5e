"""`python -m benchmarks` says what there is before it runs anything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("argument", "status", "says"),
    [("--help", 0, "There are: analysing, "), ("nonsense", 2, "there are: analysing, ")],
)
def test_it_names_the_benchmarks_there_are(argument, status, says):
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", argument], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == status
    assert says in ran.stdout + ran.stderr
