"""Machines nobody has seen: quirks of real ones, drawn at random and put together."""

import random
from collections.abc import Callable
from typing import Any

type Rng = random.Random
type Quirk = Callable[[Rng], dict[str, Any]]


def of(*values: Any) -> Callable[[Rng], Any]:
    return lambda rng: rng.choice(values)


def between(low: float, high: float) -> Callable[[Rng], Any]:
    return lambda rng: round(rng.uniform(low, high), 3)


def setting(path: str, value: Callable[[Rng], Any]) -> Quirk:
    """One key, `section.key` or `section.sub.key`, with a drawn value."""

    def quirk(rng: Rng) -> dict[str, Any]:
        *sections, key = path.split(".")
        found: Any = {key: value(rng)}
        for section in reversed(sections):
            found = {section: found}
        return found

    return quirk


def happening(what: str, low_s: float, high_s: float, **further: Callable[[Rng], Any]) -> Quirk:
    """Something that happens once the link is up, or once the belt moves."""

    def quirk(rng: Rng) -> dict[str, Any]:
        one = {
            "what": what,
            "at_s": round(rng.uniform(low_s, high_s), 2),
            "since": rng.choice(["connection", "motion"]),
        }
        return {"script": [one | {key: draw(rng) for key, draw in further.items()}]}

    return quirk


ANSWERS = ("nothing", "not-supported", "invalid-parameter", "failed", "not-permitted")
COMMANDS = ("request_control", "speed", "start", "stop", "pause")
QUIRKS: list[Quirk] = [
    setting("console.countdown_s", between(0, 8)),
    setting("console.start_speed_kmh", of(0.5, 0.8, 1.0, 1.6, 3.0)),
    setting("console.start_again", of("restarts", "stops", "kills")),
    lambda rng: {"console": {"begins_at": "last", "remembered_kmh": round(rng.uniform(0.6, 6), 1)}},
    setting("console.command_unit", of("mph")),
    setting("console.report_unit", of("mph")),
    setting("console.range_unit", of("mph")),
    lambda rng: {"console": {"command_unit": "mph", "report_unit": "mph"}},
    setting("console.rounding", of("down")),
    setting("console.outside", of("clamped")),
    setting("console.speed_gain_kmh", between(0.3, 5)),
    setting("console.speed_step_kmh", of(0.1, 0.161, 0.2, 0.5, 0.805, 1.0)),
    lambda rng: {"console": {"speed_min_kmh": 1.0, "start_speed_kmh": 1.0}},
    setting("console.watchdog_s", between(5, 30)),
    setting("console.no_step_stop_s", between(5, 30)),
    setting("console.stale_speed_s", between(2, 60)),
    setting("console.mute_at_rest", of(True)),
    setting("console.stop_at_rest", of("accepted", "starts")),
    setting("console.pause", of("stops", "refused")),
    setting("console.answer_delay_s", between(0, 2.5)),
    setting("control_point.control", of("not-needed", "twice", "never")),
    lambda rng: {
        "control_point": {
            "early_speed": rng.choice(["not-permitted", "hangs-up"]),
            "settle_s": round(rng.uniform(0.2, 4), 2),
        }
    },
    setting("control_point.min_gap_s", between(0.1, 1.0)),
    setting("control_point.deaf_first", of(1, 2, 3)),
    setting("control_point.locked", of(True)),
    *(setting(f"commands.{name}.answer", of(*ANSWERS)) for name in COMMANDS),
    *(setting(f"commands.{name}.lie_rate", between(0.2, 1)) for name in COMMANDS),
    *(setting(f"commands.{name}.late_s", between(0.2, 5)) for name in COMMANDS),
    *(setting(f"commands.{name}.answers", of(2, 3)) for name in COMMANDS),
    setting("commands.stop.lie_first", of(1, 3, 6)),
    happening("speed", 3, 40, speed_kmh=between(0.3, 6)),
    happening("speed", 3, 40, speed_kmh=between(0.3, 6), status=of("")),
    happening("stop", 2, 40),
    happening("pause", 2, 40),
    happening("start", 1, 40),
    happening("safety-key", 1, 40),
    happening("take-control", 1, 40),
    happening("hang-up", 1, 40),
    happening("silence", 1, 40, lasts_s=between(1, 15)),
    happening("reboot", 1, 40, lasts_s=between(3, 15)),
    setting("reporting.source", of("set-point", "snapped", "pulses")),
    setting("reporting.interval_s", of(0.2, 0.5, 1.0, 2.0)),
    setting("reporting.jitter_s", between(0.02, 0.3)),
    setting("reporting.drop_rate", between(0.01, 0.2)),
    setting("reporting.duplicate_rate", between(0.01, 0.3)),
    setting("reporting.burst_rate", between(0.005, 0.05)),
    setting("reporting.zero_rate", between(0.01, 0.1)),
    setting("reporting.latency_s", between(0.05, 1)),
    setting("reporting.noise_kmh", between(0.005, 0.05)),
    setting("reporting.quantum_kmh", of(0.01, 0.05, 0.1, 0.161)),
    setting("reporting.only_changes", of(True)),
    setting("gatt.fields", of([], ["elapsed"], ["average-speed", "distance", "inclination", "force"])),
    setting("gatt.max_mtu", of(23, 32, 64)),
    setting("gatt.leaves_out", of(["speed-range"], ["feature"], ["training-status"], ["machine-status"])),
    setting("gatt.control_point", of("notify", "both")),
    setting("gatt.speed_range", of("000000000000", "ffffffffffff", "6400e803", "0a00d0070a00")),
    setting("gatt.wire.distance_step_m", of(10)),
    setting("gatt.wire.cut_to_octets", of(4, 6, 9, 12)),
    setting("gatt.delivery.duplicate_rate", between(0.05, 0.5)),
    setting("gatt.delivery.overtaken_rate", between(0.01, 0.2)),
    setting("gatt.delivery.late_rate", between(0.01, 0.2)),
    setting("drive.bias", between(0.9, 1.03)),
    setting("drive.ramp_mps2", between(0.005, 0.5)),
    setting("drive.stop_ramp_mps2", between(0.03, 0.5)),
]  # fmt: skip


def merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        if isinstance(value, dict):
            into[key] = merged(dict(into.get(key, {})), value)
        elif key == "script":
            into[key] = [*into.get(key, []), *value]
        else:
            into[key] = value
    return into


def composed(seed: int, most: int = 6) -> dict[str, Any]:
    """A machine with one to `most` quirks."""
    rng = random.Random(seed)
    machine: dict[str, Any] = {
        "description": f"Composition {seed}",
        "machine": {"name": "SIM Composed"},
        "drive": {"archetype": rng.choice("ABCDE")},
        "reporting": {"interval_s": rng.choice([0.25, 0.5, 1.0])},
        "console": {"speed_min_kmh": 0.3},
    }
    for quirk in rng.sample(QUIRKS, rng.randint(1, most)):
        merged(machine, quirk(rng))
    console = machine["console"]
    console["start_speed_kmh"] = max(console.get("start_speed_kmh", 0.5), console["speed_min_kmh"])
    return machine


def toml(table: dict[str, Any], path: str = "") -> str:
    def scalar(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return f"[{', '.join(map(scalar, value))}]"
        return f'"{value}"' if isinstance(value, str) else repr(value)

    plain = {key: value for key, value in table.items() if not isinstance(value, dict) and key != "script"}
    lines = [f"{key} = {scalar(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += [f"[{path}{key}]", toml(value, f"{path}{key}.")]
    for one in table.get("script", []):
        lines += ["[[script]]", toml(one)]
    return "\n".join(lines)
