"""The command line: the composition root.

Commands are imported when they are called, so that `--help` and mistakes answer at once.
"""

import sys
from importlib import import_module
from typing import override

import click

from eccentread import __version__
from eccentread.errors import EccentreadError
from eccentread.ui.words import printable

_COMMANDS = {
    "run": "run",
    "scan": "scan",
    "doctor": "doctor",
    "commission": "commission",
    "calibrate": "calibrate",
    "analyse": "analyse",
    "replay": "sessions",
    "export": "sessions",
    "history": "sessions",
    "sim": "sim",
}
"""Commands, and the module of this package that each lives in."""

_AT_A_BELT = frozenset({"run", "commission", "calibrate", "scan"})
"""These see to belts that were left behind by themselves."""


class _Group(click.Group):
    """Finds commands by name in their modules."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"eccentread.cli.{_COMMANDS[cmd_name]}")
        return getattr(module, cmd_name)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name not in _AT_A_BELT and not set(rest) & set(ctx.help_option_names):
            from eccentread.cli.left_behind import mention

            mention()
        return name, command, rest


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="eccentread")
@click.pass_context
def cli(context: click.Context) -> None:
    """Guided eccentric hamstring pushes on a Bluetooth treadmill.

    Holds the belt at the protocol's speed, counts each push, keeps the record. Not a medical device, and not
    an emergency stop: that is the safety key. Try it without a treadmill: eccentread run --machine sim
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Run the command line; errors are one sentence, and the exit status says which kind."""
    try:
        status = cli.main(prog_name="eccentread", standalone_mode=False)
    except EccentreadError as error:
        click.echo(f"eccentread: {printable(error.sentence)}", err=True)
        status = error.exit_status
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "eccentread"
        click.echo(f"eccentread: {error.format_message().rstrip('.')}; see {where} --help.", err=True)
        status = 2
    except click.ClickException as error:
        click.echo(f"eccentread: {error.format_message()}", err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        status = 1
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads; say nothing of it
        status = 1
    except OSError as error:
        what = error.filename or "a file"
        click.echo(f"eccentread: {what} cannot be used ({error.strerror}); is the disk full?", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)
