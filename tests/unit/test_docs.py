"""The documents lead where they say, and speak of the program as it is."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import click
import pytest

from eccentread import events
from eccentread.cli import cli
from eccentread.record.journal import Header
from eccentread_sim import personalities

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for place in ("*.md", "docs/**/*.md", "hardware/**/*.md", "protocols/**/*.md")
    for path in ROOT.glob(place)
)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE_IN_WORDS = re.compile(r"`((?:src|sim|tests|docs|hardware|protocols|benchmarks)/[\w./-]+\.\w+)`")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """What headings of a document can be linked to, by GitHub's rule."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(path: Path, heading: str) -> str:
    """The text under a heading of level two, up to the next."""
    match = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text_of(path), re.MULTILINE | re.DOTALL)
    assert match, f"{path.name} has no section {heading!r}"
    return match[1]


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request) -> Path:
    return request.param


def test_the_documents_are_found():
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= {path.name for path in DOCUMENTS}


def test_links_lead_somewhere(document):
    broken = []
    for target in LINK.findall(FENCE.sub("", text_of(document))):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []


def test_files_named_in_words_exist(document):
    assert [name for name in FILE_IN_WORDS.findall(text_of(document)) if not (ROOT / name).exists()] == []


def test_no_place_of_one_machine_is_named(document):
    assert re.findall(r"(?<![\w.~])/(?:work|tmp|home|root|Users)/\S*", text_of(document)) == []


def command(name: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), name)


def test_commands_that_are_typed_exist(document):
    typed = set(re.findall(r"(?<![\w./])eccentread ([a-z]+)\b", "\n".join(FENCE.findall(text_of(document)))))
    typed |= set(re.findall(r"`eccentread ([a-z]+)", text_of(document)))
    assert [name for name in typed if command(name) is None] == []


def test_the_readme_lists_the_commands_there_are():
    listed = re.findall(r"^\| `eccentread (\w+)` \|", section(ROOT / "README.md", "Commands"), re.MULTILINE)
    assert listed == cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_the_reference_names_every_option_of_a_command_and_no_other(name):
    found = command(name)
    assert found
    rows = re.findall(r"^\| (`-.*?) \|", section(ROOT / "docs/reference/cli.md", name), re.MULTILINE)
    named = set(re.findall(r"`(-[\w-]+)", " ".join(rows)))
    real = {option for one in found.params if isinstance(one, click.Option) for option in one.opts}
    assert named == real


@pytest.mark.parametrize(
    ("kind", "heading"), [("Input", "Inputs: what happened"), ("Output", "Outputs: what the session did")]
)
def test_the_journals_reference_names_every_event_and_its_fields(kind, heading):
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.*?) ?\|", section(ROOT / "docs/reference/journal.md", heading), re.MULTILINE
    )
    documented = {name: set(re.findall(r"`(\w+)`", keys)) for name, keys in rows}
    real = {
        re.sub(r"(?<!^)(?=[A-Z])", "-", event.__name__).lower(): {field.name for field in fields(event)}
        - {"t_s"}
        for event in get_args(getattr(events, kind).__value__)
    }
    del documented[kind.lower().removesuffix("put")]  # the heading of the column
    assert documented == real


def test_the_journals_reference_names_the_fields_of_its_first_line():
    table = section(ROOT / "docs/reference/journal.md", "The first line")
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))))
    assert named == {"journal"} | {field.name for field in fields(Header)}


def test_the_journals_reference_names_the_fields_of_a_rep():
    tail = text_of(ROOT / "docs/reference/journal.md").partition("`rep` has ")[2].partition(";")[0]
    assert set(re.findall(r"`(\w+)`", tail)) == {field.name for field in fields(events.Rep)}


def test_the_architecture_lists_the_personalities_there_are():
    table = section(ROOT / "docs/explanation/architecture.md", "The simulator")
    listed = dict(re.findall(r"^\| `sim:([\w-]+)` \| (.*?) \|", table, re.MULTILINE))
    assert listed == personalities()
