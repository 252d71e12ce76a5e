"""Where an MQTT broker is and who we are to it, from one URL."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from eccentread.errors import Cause, UsageError

DEFAULT_PREFIX = "eccentread"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_SHAPE = "write it as mqtt://user:password@host:port/prefix (mqtts:// with TLS)"


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker, how to log in, and the topic that all of ours begin with. Its repr keeps the password out."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None = field(repr=False)
    prefix: str


def parse_address(url: str) -> BrokerAddress:
    """The address in `mqtt://[user[:password]@]host[:port][/prefix]`, or `mqtts://` with TLS.

    Ports default to 1883 and 8883, the prefix to `eccentread`; all but the host may be percent-encoded.

    Raises:
        UsageError: `url` is no such address. The sentence does not repeat it, since it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("is not a URL") from None
    if set(url) & set("?#"):
        raise _wrong("has a ? or # that is not percent-encoded")
    if parts.scheme not in _PORTS:
        raise _wrong("begins with neither mqtt:// nor mqtts://")
    if not parts.hostname:
        raise _wrong("names no host")
    if parts.password and not parts.username:
        raise _wrong("has a password without a user")
    return BrokerAddress(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "mqtts",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        prefix=_prefix(unquote(parts.path).strip("/")),
    )


def _prefix(topic: str) -> str:
    if set(topic) & set("+#\0"):
        raise _wrong("has a prefix that is no topic (it may not contain + or #)")
    return topic or DEFAULT_PREFIX


def _wrong(what: str) -> UsageError:
    return UsageError(Cause.USAGE, f"the MQTT address {what}; {_SHAPE}.")
