"""Run the benchmarks: `python -m benchmarks [NAME [OPTIONS…]]`; without a name, all of them as they come."""

import importlib
import pkgutil
import sys

import benchmarks


def main(arguments: list[str]) -> int:
    names = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    if arguments and arguments[0] in ("-h", "--help"):
        print(f"{__doc__}\n\nThere are: {', '.join(names)}.")
        return 0
    if arguments and arguments[0] not in names:
        print(f"No benchmark {arguments[0]!r}; there are: {', '.join(names)}.", file=sys.stderr)
        return 2
    for name in arguments[:1] or names:
        print(f"== {name}")
        importlib.import_module(f"benchmarks.{name}").main(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
