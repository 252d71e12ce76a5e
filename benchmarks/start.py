"""From `eccentread run --machine sim` to its first frame: each time a new process in a new terminal."""

import os
import pty
import select
import shutil
import signal
import sys
import tempfile
import time
from statistics import median

RUNS = 5
PATIENCE_S = 30.0
BUDGET_S = 1.0
FIRST_FRAME = b"SIMULATED"


def main(_: list[str]) -> None:
    took_s = sorted(_first_frame_s() for _ in range(RUNS))
    print(f"{RUNS} cold starts, seconds to the first frame:")
    print(f"  best {took_s[0]:.2f}  median {median(took_s):.2f}  worst {took_s[-1]:.2f}")
    print(f"  median against a budget of {BUDGET_S:g} s: {median(took_s) / BUDGET_S:.2f}")


def _first_frame_s() -> float:
    with tempfile.TemporaryDirectory() as out:
        program = shutil.which("eccentread") or sys.exit("eccentread is not on the PATH; use uv run.")
        began_s = time.perf_counter()
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
            os.execv(program, [program, "run", "--machine", "sim", "--seed", "1", "--out", out])
        try:
            return _seen_s(terminal, began_s)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)


def _seen_s(terminal: int, began_s: float) -> float:
    seen = b""
    while time.perf_counter() - began_s < PATIENCE_S:
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # it ended
                break
            if FIRST_FRAME in seen:
                return time.perf_counter() - began_s
    sys.exit(f"no frame in {PATIENCE_S:g} s; the terminal showed:\n{seen.decode(errors='replace')}")
