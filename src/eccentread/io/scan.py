"""Finding machines by what they advertise.

An advertisement is a hint, not a proof: some treadmills leave out their type or swap its octets, some have no
name, some fitness machines turn out to be something else. Who a machine is, is known when it is connected.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass

from bleak import BleakScanner
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from pyftms import (  # pyright: ignore[reportMissingTypeStubs]
    MachineType,
    NotFitnessMachineError,
    get_machine_type_from_service_data,
)

from eccentread.errors import Cause, MachineError
from eccentread.io.adapter import adapter_errors
from eccentread.io.gatt import FITNESS_MACHINE_SERVICE
from eccentread.io.held import held

SCAN_S = 5.0
"""Several advertising intervals, which are below 1.3 s."""

NAME_SETTLE_S = 1.5
"""After a wanted name is seen, how long a second machine of the same name has to show up."""

_STRONGEST_DBM = 127
"""A machine that this computer is connected to does not advertise; it sorts first."""


@dataclass(frozen=True, slots=True)
class FoundMachine:
    """A Bluetooth device as it advertises itself."""

    address: str
    """Bluetooth address; on macOS the UUID that stands for it."""
    name: str
    """The address where none is advertised."""
    rssi_dbm: int | None
    """−127 … 20; `None`: this computer is already connected to it."""
    is_fitness_machine: bool
    """Whether it advertises the Fitness Machine Service (0x1826)."""
    is_treadmill: bool | None
    """`None`: it does not say which kind of fitness machine it is."""
    device: BLEDevice

    @property
    def named(self) -> bool:
        """Whether it advertises a name."""
        return self.name != self.address

    @property
    def held(self) -> bool:
        """Whether this computer is connected to it already, by whatever program."""
        return self.rssi_dbm is None


async def scan(
    timeout_s: float = SCAN_S,
    *,
    scanner_backend: type[BaseBleakScanner] | None = None,
    adapter_backend: type[BaseBleakAdapter] | None = None,
) -> list[FoundMachine]:
    """The fitness machines seen within `timeout_s`, the strongest signal first.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
    """
    seen = await _look(lambda _: None, timeout_s, scanner_backend, adapter_backend)
    machines = [machine for machine in seen if machine.is_fitness_machine]
    return sorted(machines, key=lambda m: -(_STRONGEST_DBM if m.rssi_dbm is None else m.rssi_dbm))


async def find(
    wanted: str | None = None,
    timeout_s: float = SCAN_S,
    *,
    scanner_backend: type[BaseBleakScanner] | None = None,
    adapter_backend: type[BaseBleakAdapter] | None = None,
) -> FoundMachine:
    """The machine of that address or name, or the only treadmill around.

    An address is taken as soon as it is seen, an exact name soon after; otherwise the whole time is used.
    A name that nobody has exactly may be the beginning of one fitness machine's, in any case of letters.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: no machine fits (MACHINE_NOT_FOUND), or more than one does (MACHINE_AMBIGUOUS).
    """

    def settle_s(machine: FoundMachine) -> float | None:
        if wanted is None:
            return None
        if machine.address.casefold() == wanted.casefold():
            return 0.0
        return NAME_SETTLE_S if machine.name == wanted else None

    return choose(wanted, await _look(settle_s, timeout_s, scanner_backend, adapter_backend))


async def find_again(
    address: str,
    name: str,
    timeout_s: float = SCAN_S,
    *,
    scanner_backend: type[BaseBleakScanner] | None = None,
    adapter_backend: type[BaseBleakAdapter] | None = None,
) -> FoundMachine:
    """The machine of that address, as soon as it is seen; `name` is what it was called.

    Another machine is never taken for it, not even one of the same name.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: nothing is around (MACHINE_NOT_FOUND), or others are (MACHINE_ABSENT).
    """
    folded = address.casefold()
    seen = await _look(
        lambda machine: 0.0 if machine.address.casefold() == folded else None,
        timeout_s,
        scanner_backend,
        adapter_backend,
    )
    for machine in seen:
        if machine.address.casefold() == folded:
            return machine
    called = f"{name} ({address})" if name else address
    others = [_called(machine) for machine in seen if machine.is_fitness_machine]
    if not others:
        raise MachineError(
            Cause.MACHINE_NOT_FOUND,
            f"Your treadmill {called} was not found; switch it on, close other apps that may be connected "
            "to it, or try the simulator (eccentread run --machine sim).",
        )
    raise MachineError(
        Cause.MACHINE_ABSENT,
        f"Your treadmill {called} was not heard, though others were: {', '.join(sorted(others))}. Another "
        "app may be connected to it: close that, or switch the treadmill off and on; to train on another "
        "one, name it (--machine ADDRESS).",
    )


def choose(wanted: str | None, seen: Iterable[FoundMachine]) -> FoundMachine:
    """The one machine that `wanted` means, or the only one that may be a treadmill.

    Raises:
        MachineError: none (MACHINE_NOT_FOUND), or more than one (MACHINE_AMBIGUOUS).
    """
    machines = list(seen)
    fitting: list[FoundMachine]
    if wanted is None:
        fitting = [m for m in machines if m.is_fitness_machine and m.is_treadmill is not False]
    else:
        folded = wanted.casefold()
        fitting = (
            [m for m in machines if m.address.casefold() == folded]
            or [m for m in machines if m.name == wanted]
            or [m for m in machines if m.is_fitness_machine and m.name.casefold() == folded]
            or [m for m in machines if m.is_fitness_machine and m.name.casefold().startswith(folded)]
        )
    match fitting:
        case [machine]:
            return machine
        case []:
            whom = "No treadmill" if wanted is None else f"No machine called {wanted}"
            raise MachineError(
                Cause.MACHINE_NOT_FOUND,
                f"{whom} was found; switch it on, close other apps that may be connected to it, "
                "or try the simulator (eccentread run --machine sim).",
            )
        case _:
            names = ", ".join(sorted(_called(machine) for machine in fitting))
            raise MachineError(
                Cause.MACHINE_AMBIGUOUS,
                f"More than one machine fits: {names}; name one by its address (--machine ADDRESS).",
            )


def _called(machine: FoundMachine) -> str:
    return f"{machine.name if machine.named else 'one without a name'} ({machine.address})"


async def _look(
    settle_s: Callable[[FoundMachine], float | None],
    timeout_s: float,
    scanner_backend: type[BaseBleakScanner] | None,
    adapter_backend: type[BaseBleakAdapter] | None,
) -> list[FoundMachine]:
    """What is seen within `timeout_s`, or until `settle_s` of a machine has passed since it was seen."""
    loop = asyncio.get_running_loop()
    seen: dict[str, FoundMachine] = {}
    enough = loop.create_future()

    def take(machine: FoundMachine) -> None:
        seen[machine.address] = machine
        wait_s = settle_s(machine)
        if wait_s is not None and not enough.done():
            loop.call_later(wait_s, enough.cancel)

    def advertised(device: BLEDevice, advertisement: AdvertisementData) -> None:
        take(_machine(device, advertisement, seen.get(device.address)))

    if scanner_backend is None or adapter_backend is not None:
        for device in await held(adapter_backend):
            take(FoundMachine(device.address, device.name or device.address, None, True, None, device))
    async with _scanning(advertised, scanner_backend):
        await asyncio.wait({enough}, timeout=timeout_s)
    return list(seen.values())


@contextlib.asynccontextmanager
async def _scanning(
    advertised: Callable[[BLEDevice, AdvertisementData], None], backend: type[BaseBleakScanner] | None
) -> AsyncGenerator[None]:
    with adapter_errors():
        scanner = BleakScanner(advertised, backend=backend)
        await scanner.start()
    try:
        yield
    finally:
        with adapter_errors():
            await scanner.stop()


def _machine(device: BLEDevice, adv: AdvertisementData, before: FoundMachine | None) -> FoundMachine:
    """One advertisement added to what was known: not each carries the name, the services and the type."""
    known_name = before.name if before else device.address
    known_type = before.is_treadmill if before else None
    is_treadmill = _is_treadmill(adv)
    return FoundMachine(
        address=device.address,
        name=adv.local_name or device.name or known_name,
        rssi_dbm=adv.rssi,
        is_fitness_machine=FITNESS_MACHINE_SERVICE in adv.service_uuids
        or FITNESS_MACHINE_SERVICE in adv.service_data
        or (before is not None and before.is_fitness_machine),
        is_treadmill=known_type if is_treadmill is None else is_treadmill,
        device=device,
    )


def _is_treadmill(adv: AdvertisementData) -> bool | None:
    try:
        return MachineType.TREADMILL in get_machine_type_from_service_data(adv)
    except NotFitnessMachineError:
        return None
