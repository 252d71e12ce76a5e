"""Files that come with the program: protocols, and what is known of machines."""

from pathlib import Path

import eccentread

DEFAULT_PROTOCOL = "pht-eccentric-treadmill.toml"


def bundled(kind: str) -> Path:
    """The folder of `protocols` or `hardware`: inside the installed package, or beside the source tree."""
    package = Path(eccentread.__file__).parent
    installed = package / "data" / kind
    return installed if installed.is_dir() else package.parents[1] / kind
