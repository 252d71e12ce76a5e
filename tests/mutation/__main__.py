"""`make mutation`: each small change of `eccentread.safety` must make a test fail.

The changes are cosmic-ray's. A mutant lives in memory, in a process of its own, which imports it in place of
the module and runs the tests; no file is ever changed. Survivors are to be explained in `EXPLAINED`; one that
is not, or an explanation of one that is no more, is a failure.
"""

import argparse
import ast
import difflib
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import hypothesis.stateful  # noqa: F401 — what all mutants need is imported once, here
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from hypothesis import Phase, settings

import eccentread.events
import eccentread.units  # noqa: F401

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "eccentread.safety"
SOURCES = PROJECT / "src" / "eccentread" / "safety"
EXPLAINED = PROJECT / "docs" / "reference" / "mutation-survivors.md"
PROPERTIES = sorted(str(path) for path in (PROJECT / "tests" / "property").glob("test_safety_*.py"))
TESTS = ["tests/unit/safety", *PROPERTIES]
OPTIONS = [
    "--exitfirst", "--quiet", "--no-header", "--timeout=60", "--confcutdir=tests/property",
    "-p", "no:cacheprovider", "--assert=plain",
]  # fmt: skip
PROFILE = settings(
    deadline=None, max_examples=25, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
CPU_S = 90
MEMORY_BYTES = 4 << 30
"""What a mutant may use before it counts as noticed: some run for ever."""

NO_CHANGES = ("core/ReplaceComparisonOperator_Is_Eq", "core/ReplaceComparisonOperator_IsNot_NotEq")
"""In this package `is` stands before `None` and members of an Enum, which equal nothing but themselves."""


type Row = tuple[str, str, str]
"""A survivor in the list: its file, a line of it before and after."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module."""

    module: str
    operator: str
    before: str
    after: str
    code: str

    @property
    def row(self) -> Row:
        """What names it in the list of survivors, wherever in its file it stands."""
        return f"{self.module}.py", self.before, self.after

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Importlib asks who has a module."""
        return ModuleSpec(name, self) if name == f"{PACKAGE}.{self.module}" else None

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        """Importlib runs it."""
        exec(compile(self.code, f"{self.module}.py", "exec"), module.__dict__)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change that cosmic-ray makes to a module."""
    source = path.read_text(encoding="utf-8")
    meant = _without_types(source)
    for name in operator_names():
        kind = get_operator(name)
        if name.startswith(NO_CHANGES) or kind.arguments():
            continue
        occurrences = sum(1 for node in ast_nodes(get_ast(source)) for _ in kind().mutation_positions(node))
        for occurrence in range(occurrences):
            code = mutate_code(source, kind(), occurrence)
            try:
                if _without_types(code) == meant:
                    continue  # that is pyright's to judge
            except SyntaxError:
                continue  # `not` cannot stand before every condition
            changes = list(difflib.ndiff(source.splitlines(), code.splitlines()))
            before, after = (_words(line[2:] for line in changes if line.startswith(sign)) for sign in "-+")
            yield Mutant(path.stem, name, before, after, code)


def _without_types(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        for place in ("annotation", "returns"):
            if hasattr(node, place):
                setattr(node, place, None)
        if isinstance(node, ast.TypeAlias):
            node.value = ast.Constant(None)
    return ast.dump(tree)


def _words(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())


def begun(mutant: Mutant, tests: Sequence[str]) -> int:
    """The process that runs the tests with it; it ends with 0 where none fails."""
    if child := os.fork():
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    status = 1
    with suppress(BaseException):
        sys.meta_path.insert(0, mutant)
        status = int(pytest.main([*OPTIONS, *tests]))
    os._exit(status)


def survivors(every: Iterable[Mutant], tests: Sequence[str], workers: int) -> Iterator[Mutant]:
    """Those that none of the tests notices."""
    running: dict[int, Mutant] = {}

    def ended() -> Iterator[Mutant]:
        child, status = os.wait()
        mutant = running.pop(child)
        if status == 0:
            yield mutant

    for mutant in every:
        if len(running) == workers:
            yield from ended()
        running[begun(mutant, tests)] = mutant
    while running:
        yield from ended()


def explained() -> Counter[Row]:
    """The rows of the list of survivors."""
    rows: Counter[Row] = Counter()
    if EXPLAINED.exists():
        for line in EXPLAINED.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"\| `(\w+\.py)` \| `(.+?)` \| `(.*?)` \| (\d+ × )?", line):
                rows[found[1], found[2], found[3]] += int((found[4] or "1").split()[0])
    return rows


def main() -> int:
    """Run; 0 when every survivor is an explained one."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="names, as in safety/; all of them by default")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    os.chdir(PROJECT)
    paths = [p for p in sorted(SOURCES.glob("[a-z]*.py")) if p.stem in (arguments.modules or [p.stem])]
    settings.register_profile("mutation", PROFILE)
    settings.load_profile("mutation")
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    as_they_are = [Mutant(p.stem, "", "", "", p.read_text(encoding="utf-8")) for p in paths[:1]]
    if not list(survivors(as_they_are, TESTS, 1)):
        print("mutation: the tests fail without any change")
        return 2
    began_s, left, known, lacking = time.monotonic(), Counter[Row](), explained(), False
    for path in paths:
        every = list(mutants(path))
        alive = every
        for tests in ([f"tests/unit/safety/test_{path.stem}.py"], TESTS):  # most fall to the first
            alive = list(survivors(alive, tests, arguments.workers))
        left += Counter(mutant.row for mutant in alive)
        print(f"{path.name}: {len(every)} mutants, {len(alive)} survive", flush=True)
        for mutant in alive:
            if left[mutant.row] > known[mutant.row]:
                lacking = True
                print(f"  {mutant.before}\n   → {mutant.after}   [{mutant.operator}]", flush=True)
    names = {path.name for path in paths}
    gone = [row for row in (known - left).elements() if row[0] in names]
    for file, before, after in gone:
        print(f"no survivor any more: {file}: {before} → {after}")
    print(f"{time.monotonic() - began_s:.0f} s")
    return 1 if lacking or gone else 0


if __name__ == "__main__":
    sys.exit(main())
