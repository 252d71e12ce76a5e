"""The guardian is made of as little as possible: what it does not load cannot fail it."""

import subprocess
import sys

FORBIDDEN = (
    "numpy", "rich", "click", "pyftms", "bumble", "aiomqtt",
    "eccentread.session", "eccentread.reps", "eccentread.sensors", "eccentread.publish", "eccentread.cli",
    "eccentread_sim",
)  # fmt: skip


def test_a_guardian_that_is_ready_has_loaded_the_smallest_part():
    script = "import eccentread.guardian.__main__, eccentread.guardian.at_rest as a; a.Radio.of(None)"
    words = [sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules)"]
    loaded = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()

    assert [name for name in loaded if name.startswith(FORBIDDEN)] == []
    assert [name for name in loaded if name.startswith("eccentread.record")] == [
        "eccentread.record",
        "eccentread.record.latch",
    ]
    assert "bleak" in loaded
