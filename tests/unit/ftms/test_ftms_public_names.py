"""The package offers every public name of its modules, and nothing else."""

from importlib import import_module

import pytest

from eccentread import ftms

MODULES = ["control_point", "features", "machine_status", "malformed", "training_status", "treadmill_data"]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_of_a_module_is_offered(name: str):
    module = import_module(f"eccentread.ftms.{name}")
    defined = {
        public
        for public, value in vars(module).items()
        if not public.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    assert defined
    assert defined <= set(ftms.__all__)


def test_every_offered_name_exists():
    assert all(hasattr(ftms, name) for name in ftms.__all__)
