"""Nothing but the gate makes what can move a belt, and nothing but the link sends it (invariants S1, S2, S3).

Read off the source of the whole program: what is called, imported and written, wherever it stands.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "eccentread"
GATE = "safety/gate.py"
LINK = "io/link.py"
OPS = {0x00: 1, 0x01: 1, 0x02: 3, 0x07: 1, 0x08: 2}
"""Procedures that give or take control, or move the belt, and how long they are (FTMS 1.0 §4.16.2)."""
MAY_SAY = {GATE, "ui/speakers.py"}
"""Who may have such octets: the gate, and a terminal's bell, which no characteristic hears."""
NEAR_THE_LINK = ("ftms/", "session/", "rescue/", "io/", "guardian/")
"""Where octets could find their way to a machine; nothing here encodes any."""
READS_ADVERTISEMENTS = {"MachineType", "NotFitnessMachineError", "get_machine_type_from_service_data"}
"""What is wanted of pyftms, which could drive a treadmill by itself."""
PATHS = [path.relative_to(SOURCE).as_posix() for path in sorted(SOURCE.rglob("*.py"))]


def offences(path: str, source: str) -> list[str]:
    """What only the gate and the link may do, and this file does."""
    return [f"{path}:{line}: {what}" for line, what in _found(path, ast.parse(source))]


def _found(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("Command") | ast.Attribute(attr="Command")) if path != GATE:
                yield node.lineno, "makes a command"
            case ast.Call(func=ast.Name("replace") | ast.Attribute(attr="replace"), keywords=keywords) if any(
                word.arg in ("kind", "data") for word in keywords
            ):
                yield node.lineno, "may alter a command"
            case ast.ImportFrom(names=names) if any(n.name == "Command" and n.asname for n in names):
                yield node.lineno, "calls commands by another name"
            case ast.Constant(bytes(octets)) if path not in MAY_SAY and len(octets) == OPS.get(
                int.from_bytes(octets[:1]), 0
            ):
                yield node.lineno, f"has octets of the control point: {octets.hex()}"
            case (
                ast.Attribute(attr="to_bytes" | "pack" | "fromhex")
                | ast.Call(func=ast.Name("bytes" | "bytearray"), args=[ast.List() | ast.Tuple(), *_])
            ) if path.startswith(NEAR_THE_LINK):
                yield node.lineno, "encodes octets"
            case ast.Attribute(attr="write_gatt_char" | "write_gatt_descriptor") if path != LINK:
                yield node.lineno, "writes to a machine"
            case ast.Call(func=ast.Name("ControlPoint") | ast.Attribute(attr="ControlPoint")) if path != LINK:
                yield node.lineno, "has a control point of its own"
            case ast.Import(names=names) if any(name.name.startswith("pyftms") for name in names):
                yield node.lineno, "imports another driver"
            case ast.ImportFrom(module=str(module), names=names) if (
                module.startswith("pyftms") and {name.name for name in names} - READS_ADVERTISEMENTS
            ):
                yield node.lineno, "imports another driver"
            case _:
                pass


@pytest.mark.parametrize("path", PATHS)
def test_only_the_gate_makes_commands_and_only_the_link_writes_them(path):
    assert offences(path, (SOURCE / path).read_text(encoding="utf-8")) == []


def test_the_gate_and_the_link_do_what_only_they_may():
    for path, others in ((GATE, "session/belt.py"), (LINK, "io/runner.py")):
        assert offences(others, (SOURCE / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "c = Command(t_s, 1, CommandKind.STOP, data)",
        "c = events.Command(t_s, 1, kind, data)",
        "c = replace(command, data=other)",
        "from eccentread.events import Command as C",
        r"data = b'\x07'",
        r"data = b'\x02\x50\x00'",
        r"data = b'\x08\x01'",
        "data = speed.to_bytes(2, 'little')",
        "data = bytes([8, 1])",
        "data = bytes.fromhex('0801')",
        "await client.write_gatt_char(characteristic, data)",
        "control = ControlPoint(write, clock=clock, on_answered=told)",
        "from pyftms import Treadmill",
    ],
)
def test_each_way_around_the_gate_is_found(line):
    assert offences("session/belt.py", line)
