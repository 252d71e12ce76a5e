import pytest

from eccentread.errors import UsageError
from eccentread.publish.address import BrokerAddress, parse_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://lab", ("lab", 1883, False, None, None, "eccentread")),
        ("mqtts://lab", ("lab", 8883, True, None, None, "eccentread")),
        ("mqtt://lab:1884/", ("lab", 1884, False, None, None, "eccentread")),
        ("mqtt://[::1]:1884/gym/belt 1/", ("::1", 1884, False, None, None, "gym/belt 1")),
        ("mqtt://anna@10.0.0.5/a%20b", ("10.0.0.5", 1883, False, "anna", None, "a b")),
        ("MQTTS://anna:p%40ss%2Fword@lab:9/x", ("lab", 9, True, "anna", "p@ss/word", "x")),
    ],
)
def test_an_address_says_where_the_broker_is_and_who_we_are(url, address):
    assert parse_address(url) == BrokerAddress(*address)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "begins with neither mqtt:// nor mqtts://"),
        ("lab", "begins with neither"),
        ("http://lab", "begins with neither"),
        ("mqtt:lab", "names no host"),
        ("mqtt:///prefix", "names no host"),
        ("mqtt://anna:secret@", "names no host"),
        ("mqtt://lab:port", "is not a URL"),
        ("mqtt://lab:99999", "is not a URL"),
        ("mqtt://[lab", "is not a URL"),
        ("mqtt://:secret@lab", "has a password without a user"),
        ("mqtt://lab/a/#", "has a . or # that is not percent-encoded"),
        ("mqtt://lab/a?b", "has a . or # that is not percent-encoded"),
        ("mqtt://anna:secret#1@lab", "is not a URL|not percent-encoded"),
        ("mqtt://lab/a/+/b", "has a prefix that is no topic"),
        ("mqtt://lab/a%23", "has a prefix that is no topic"),
        ("mqtt://lab/a%00", "has a prefix that is no topic"),
    ],
)
def test_what_is_no_address_is_refused_with_the_right_form(url, complaint):
    with pytest.raises(UsageError, match=complaint) as refused:
        parse_address(url)
    assert "write it as mqtt://user:password@host:port/prefix" in refused.value.sentence
    assert "secret" not in refused.value.sentence


def test_the_password_is_kept_out_of_the_repr():
    assert "secret" not in repr(parse_address("mqtt://anna:secret@lab"))
