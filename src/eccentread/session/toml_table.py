"""Reading a TOML document so that every refusal names file and key, and nothing in it is overlooked."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, cast

from eccentread.errors import Cause, InputError
from eccentread.units import centi_from_kmh


@dataclass(frozen=True, slots=True)
class Form:
    """What kind of file is read: for messages."""

    cause: Cause
    noun: str
    """Such as "a protocol"."""
    described_in: str
    """The document that lists the keys."""


class Table:
    """A table of the document. Every method that reads a key raises `InputError` where it is not as asked."""

    def __init__(self, form: Form, file: str, path: str, values: Mapping[str, object]) -> None:
        self._form = form
        self._file = file
        self._path = path
        self._values = values
        self._read: set[str] = set()

    @classmethod
    def parse(cls, form: Form, text: str, file: str) -> "Table":
        """The document's root; `file` is for messages.

        Raises:
            InputError: it is not TOML.
        """
        try:
            return cls(form, file, "", tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            raise InputError(
                form.cause, f"{file} is not {form.noun} file: {error}; see {form.described_in}."
            ) from error

    @property
    def names(self) -> list[str]:
        """The keys there are."""
        return list(self._values)

    def refuse(self, key: str, what: str) -> NoReturn:
        """Say what is wrong with a key; without a full stop."""
        raise InputError(self._form.cause, f"{self._file}: {self._path}{key} {what}.")

    def maybe[T](self, key: str, read: Callable[[str], T]) -> T | None:
        """What `read` makes of the key, `None` where it is left out."""
        return read(key) if key in self._values else None

    def table(self, key: str) -> "Table":
        """A table below this one."""
        value = self._get(key)
        if not isinstance(value, dict):
            self.refuse(key, f"must be a table, [{self._path}{key}]")
        return self._below(key, cast("object", value))

    def tables(self, key: str) -> "list[Table]":
        """A list of tables, [[key]], at least one."""
        value = self._get(key)
        rows = cast("list[object]", value) if isinstance(value, list) else []
        if not rows or not all(isinstance(row, dict) for row in rows):
            self.refuse(key, f"must be tables, each [[{self._path}{key}]]")
        return [self._below(key, row) for row in rows]

    def any_text(self, key: str) -> str:
        """Text, which may be empty."""
        value = self._get(key)
        if not isinstance(value, str):
            self.refuse(key, f"must be text, not {value!r}")
        return value

    def text(self, key: str) -> str:
        """Text that is not empty."""
        value = self.any_text(key)
        if not value.strip():
            self.refuse(key, f"must be text, not {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; at least one, none of them empty."""
        value = self._get(key)
        entries = cast("list[object]", value) if isinstance(value, list) else []
        texts = tuple(entry for entry in entries if isinstance(entry, str) and entry.strip())
        if not texts or len(texts) != len(entries):
            self.refuse(key, f"must be a list of texts, not {value!r}")
        return texts

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of these words."""
        value = self.text(key)
        if value not in choices:
            self.refuse(key, f"must be {' or '.join(choices)}, not {value!r}")
        return value

    def truth(self, key: str) -> bool:
        """`true` or `false`."""
        value = self._get(key)
        if not isinstance(value, bool):
            self.refuse(key, f"must be true or false, not {value!r}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(key, f"must be a number from {low:g} to {high:g}, not {value!r}")
        return float(value)

    def integer(self, key: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(key, f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    def centi_kmh(self, key: str, low_kmh: float, high_kmh: float) -> int:
        """A speed from `low_kmh` to `high_kmh`, as whole hundredths of a km/h."""
        speed_kmh = self.number(key, low_kmh, high_kmh)
        if Decimal(repr(speed_kmh)) * 100 % 1:
            self.refuse(key, f"must be in hundredths of a km/h, not {speed_kmh}")
        return centi_from_kmh(speed_kmh)

    def nothing_else(self) -> None:
        """Refuse a key that nobody has read."""
        for key in self._values:
            if key not in self._read:
                self.refuse(key, f"is not a key of {self._form.noun}; {self._form.described_in} lists them")

    def _below(self, key: str, value: object) -> "Table":
        return Table(self._form, self._file, f"{self._path}{key}.", cast("dict[str, object]", value))

    def _get(self, key: str) -> object:
        self._read.add(key)
        if key not in self._values:
            self.refuse(key, f"is missing; {self._form.described_in} describes it")
        return self._values[key]
