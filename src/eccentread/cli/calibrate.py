"""`eccentread calibrate`: known loads on the belt, and how its speed answers a newton today."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from eccentread.cli.left_behind import mention, settle
from eccentread.cli.staged import Bench, Kind, Test, conclude_again, run_test
from eccentread.cli.wrap import fitted
from eccentread.errors import Cause, InputError, OutputError
from eccentread.events import Outcome, SessionEnded
from eccentread.record.force_file import KeptForce, default_folder, keep, path_of, read
from eccentread.record.journal import TESTS, Header
from eccentread.reps.force import ForceCalibration, NoForce
from eccentread.session import parse_profile
from eccentread.session.pulls import PullSession
from eccentread.session.pulls.script import SPEED_KMH
from eccentread.ui.words import SIMULATED

_PATH = click.Path(path_type=Path)

CALIBRATE = Kind(
    "calibrate", title="Calibrating", noun=TESTS["calibrate"], kept="calibrations", knows_profiles=True
)

STALL_ADVICE = 0.6
"""Slowed by more than this part, a belt is near its drive's limit."""


@click.command()
@click.option(
    "--machine",
    "-m",
    default="auto",
    metavar="M",
    help="auto, an address, a name, sim or sim:PERSONALITY; not sim@ADDRESS.",
)
@click.option("--to", type=_PATH, metavar="FILE", help="File to write; default: the user's data folder.")
@click.option(
    "--out", type=_PATH, metavar="DIR", help="Folder for the journal; default: the user's data folder."
)
@click.option("--from", "source", metavar="JOURNAL", help="Compute it again from one that was recorded.")
@click.option("--fast", is_flag=True, help="Simulated: in virtual time, as fast as this computer goes.")
@click.option("--pace", type=click.FloatRange(1, 100), help="Simulated: so many times faster than life.")
@click.option("--seed", type=click.IntRange(0), help="Simulated: equal seeds give equal calibrations.")
@click.option(
    "--truth", type=_PATH, metavar="FILE", help="Simulated: write what really happened, as JSON lines."
)
@click.option("--yes", "-y", is_flag=True, help="Simulated: somebody beside the machine answers and acts.")
def calibrate(
    machine: str,
    to: Path | None,
    out: Path | None,
    source: str | None,
    fast: bool,
    pace: float | None,
    seed: int | None,
    truth: Path | None,
    yes: bool,
) -> int:
    """Calibrate force with boxes on a strap, NOBODY ON THE BELT.

    About ten minutes beside the machine, with a luggage scale and three to five boxes of 5–20 kg. It holds
    for this machine, at this speed, today. SPACE stops the belt at any time; the safety key is the emergency
    stop. Exit status: 0 calibrated, 1 ended early by a person, 2 bad usage or input, 3 fault, 4 machine or
    adapter not usable, or its dips do not tell force.
    """
    bench = Bench(machine, out, fast, pace, seed, truth, yes)
    bench.check(CALIBRATE)
    conclusion = Conclusion(to)
    conclusion.check()
    test = Test(CALIBRATE, _session, conclusion.conclude)
    if source is not None:
        mention()
        status = conclude_again(test, bench, source)
    else:
        settle(machine)
        status = run_test(test, bench)
    return status or (0 if conclusion.calibrated else 4)


def _session(profiles: Mapping[str, str]) -> PullSession:
    return PullSession([parse_profile(text, key) for key, text in profiles.items()])


@dataclass(slots=True)
class Conclusion:
    """What is made of the end: words, and a file."""

    to: Path | None
    calibrated: bool = False

    def check(self) -> None:
        """See before anything moves that the file can be written.

        Raises:
            OutputError: it cannot.
        """
        if self.to is None:
            return
        folder = self.to.parent
        if self.to.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            raise OutputError(
                Cause.UNWRITABLE, f"{self.to} cannot be written; --to names a file in a folder of yours."
            )

    def conclude(self, session: PullSession, header: Header, end: SessionEnded) -> None:
        """Say what was found, and keep it if it is any good."""
        met = session.done.connected
        if met is None or session.idle_s is None:
            return  # nothing was measured
        if end.outcome is not Outcome.FINISHED:
            click.echo("Ended early: what follows is of what was measured by then.")
        match found := session.result:
            case NoForce(reason):
                click.echo(fitted(f"No calibration. {reason}"))
            case ForceCalibration():
                kept = KeptForce(
                    session=header.session,
                    software=header.software,
                    simulated=header.simulated,
                    address=met.address,
                    name=met.name,
                    made_utc=header.started_utc,
                    speed_kmh=SPEED_KMH,
                    warm=session.warm,
                    calibration=found,
                )
                self.calibrated = True
                for line in _told(kept):
                    click.echo(fitted(line))
                path = self.to or path_of(met.address, default_folder())
                if self.to is None and _later_is_there(path, kept):
                    click.echo(f"A later calibration is kept in {path}; --to FILE writes this one.")
                    return
                keep(kept, path)
                click.echo(f"Calibration: {path}")


def _later_is_there(path: Path, kept: KeptForce) -> bool:
    """Whether a calibration made after this one would be lost."""
    try:
        return read(path).made_utc > kept.made_utc
    except InputError:
        return False


def _told(kept: KeptForce) -> Iterator[str]:
    """What there is to say of it."""
    c = kept.calibration
    if kept.simulated:
        yield f"{SIMULATED}: this calibration says nothing of a real machine."
    yield (
        f"A push of 100 N dips this belt by {100 * c.dip_per_newton_kmh:.2f} km/h ± "
        f"{c.gain_error / c.gain:.0%}, the weight of the foot aside; friction of the deck "
        f"{c.mu:.2f} ± {c.mu_error:.2f}."
    )
    yield (
        f"R² {c.r_squared:.3f}, up and down {c.up_down:+.0%}, off the line {c.linearity:.0%} at most; "
        f"{c.pulls} pulls, {c.rides} free rides."
    )
    if c.stall_margin < 1 - STALL_ADVICE:
        yield f"The heaviest box slowed the belt by {1 - c.stall_margin:.0%}: push more lightly than that."
    if not kept.warm:
        yield "The belt was warmed up at the exercise's speed only: once it is warmer, repeat this."
    yield f"Valid at {kept.speed_kmh:g} km/h until {kept.expires_utc:%Y-%m-%d %H:%M} UTC."
