"""P17: webhooks reach no loopback, private or rebinding address, however written; a network only where allowed."""

import asyncio
import ipaddress
import os
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpcore
import pytest

from app.changes.webhooks import addresses, posting
from app.changes.webhooks.addresses import Forbidden, Malformed, is_public, networks, target
from app.changes.webhooks.messages import Message
from app.changes.webhooks.posting import Line
from tests.changes.receiving import Receiver, receiving

LOOPBACK = networks("127.0.0.0/8")
MESSAGE = Message("msg_1", "webhook.test", b"{}")

# Every one of these leads a naive sender to this machine, an inner network or a cloud's metadata.
FORMS = [
    "https://127.0.0.1/",
    "https://127.0.0.1:8000/hook",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://0300.0250.0.1/",
    "https://192.168.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://192.0.0.192/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25lo]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://localhost/",
    "https://LOCALHOST:443/",
    "https://localhost./",
    "https://app.localhost/",
    "https://localhost.localdomain/",
    "https://public.example@127.0.0.1/",
    "https://127.0.0.1@public.example/",
    "https://public.example:443@127.0.0.1:8000/",
    "https://127.0.0.1\\@public.example/",
    "https://public.example\\.127.0.0.1/",
    "https://127.0.0.1#@public.example/",
    "https://127.0.0.1%2f@public.example/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://%31%32%37.0.0.1/",
    "https://127.0.0.1\t/",
    "https://127.0.0.1\r\nHost: x/",
    " https://127.0.0.1/",
    "https:127.0.0.1/",
    "https:///127.0.0.1/",
    "//127.0.0.1/",
    "http://public.example/",
    "http://93.184.216.34/",
    "gopher://127.0.0.1/",
    "file:///etc/passwd",
    "https://public.example:0/",
    "https://public.example:65536/",
    "https://public..example/",
    "https://-a.example/",
    "https://",
    "",
]


@pytest.mark.parametrize("url", FORMS)
def test_a_url_that_leads_inside_is_refused_before_anything_is_sent(url: str):
    with pytest.raises((Forbidden, Malformed)):
        target(url, ())


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("https://ioc.example.org/dxi?a=1&b=%20", "ioc.example.org", 443, "ioc.example.org", "/dxi?a=1&b=%20"),
        ("HTTPS://IOC.Example.org:8443", "ioc.example.org", 8443, "ioc.example.org:8443", "/"),
        ("https://93.184.216.34/x", "93.184.216.34", 443, "93.184.216.34", "/x"),
        (
            "https://[2606:2800:220:1::1]:444?q",
            "2606:2800:220:1::1",
            444,
            "[2606:2800:220:1::1]:444",
            "/?q",
        ),
        ("https://xn--thanh-ha-l1a.vn/", "xn--thanh-ha-l1a.vn", 443, "xn--thanh-ha-l1a.vn", "/"),
    ],
)
def test_a_public_one_is_taken_as_it_stands(url: str, host: str, port: int, authority: str, path: str):
    found = target(url, ())

    assert (found.host, found.port, found.authority, found.path) == (host, port, authority, path)


def test_an_inner_network_is_reached_where_the_administrator_allows_it_and_only_that():
    allowed = networks("10.20.0.0/16, fd00:20::/32")

    assert target("http://10.20.3.4:8080/", allowed).port == 8080
    assert target("https://[::ffff:10.20.3.4]/", allowed).host == "::ffff:10.20.3.4"
    assert target("https://[fd00:20::1]/", allowed).host == "fd00:20::1"
    assert target("http://ioc.thanhhoa.example/", allowed).scheme == "http"
    for url in ("https://10.21.0.1/", "https://127.0.0.1/", "http://93.184.216.34/", "https://[fd00:21::1]/"):
        with pytest.raises(Forbidden):
            target(url, allowed)


def test_what_python_takes_for_special_is_not_public():
    """Held against somebody else's table, on every first address of a /12 and around every border of ours."""
    numbers = {n << 20 for n in range(1 << 12)}
    for network in addresses._SPECIAL_4:
        numbers |= {int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1}
    wrong = [
        str(address)
        for number in numbers
        if 0 <= number < 1 << 32
        for address in [ipaddress.IPv4Address(number)]
        if is_public(address) and not (address.is_global and not address.is_multicast)
    ]

    assert wrong == []


async def _post(url: str, resolve: addresses.Resolve, allowed: Sequence[addresses.Network] = ()):
    async with Line(url, allowed, resolve) as line:
        return await line.post(MESSAGE, [b"secret"], 1_800_000_000)


def resolving(*answers: list[str]) -> addresses.Resolve:
    """A resolver that gives another answer each time it is asked, the last one for ever."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize(
    "answers",
    [
        [["127.0.0.1"]],
        [["::1"]],
        [["::ffff:127.0.0.1"]],
        [["93.184.216.34", "127.0.0.1"]],
        [["fe80::1%eth0"]],
        [["169.254.169.254"]],
        [[]],
    ],
)
def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(answers: list[list[str]]):
    outcome = asyncio.run(_post("https://public.example/", resolving(*answers)))

    assert (outcome.error, outcome.status) == ("address-forbidden", None)


def test_what_was_checked_is_what_is_connected_to():
    """DNS rebinding: the second answer is another, and nobody asks for it."""
    with receiving() as inside:
        asked: list[str] = []
        rebinding = resolving(["127.0.0.2"], ["127.0.0.1"])

        async def resolve(host: str, port: int) -> Sequence[str]:
            asked.append(host)
            return await rebinding(host, port)

        # 127.0.0.2 stands for the public address: the network of the test is allowed, and nobody listens there.
        outcome = asyncio.run(_post(f"http://public.example:{inside.port}/", resolve, networks("127.0.0.2/32")))

    assert (outcome.error, asked, inside.got) == ("not-connected", ["public.example"], [])


def test_check_then_fetch_would_reach_the_inside():
    """The control: the same name checked first and connected to by name afterwards."""

    class Naive(httpcore.AsyncNetworkBackend):
        def __init__(self, resolve: addresses.Resolve) -> None:
            self.resolve = resolve
            self.sockets = httpcore.AnyIOBackend()

        async def connect_tcp(self, host, port, *more, **named):
            addresses.check(await self.resolve(host, port), "https", ())
            return await self.sockets.connect_tcp((await self.resolve(host, port))[0], port)

    async def post(inside: Receiver) -> int:
        backend = Naive(resolving(["93.184.216.34"], ["127.0.0.1"]))
        async with httpcore.AsyncConnectionPool(network_backend=backend) as pool:
            return (await pool.request("POST", f"http://public.example:{inside.port}/", content=b"{}")).status

    with receiving() as inside:
        assert asyncio.run(post(inside)) == 204
        assert len(inside.got) == 1


def test_tls_asks_for_the_name_at_the_address_that_was_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The certificate must be the name's, whatever address answers; the `Host` is the name as well."""
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("openssl was not found, so TLS was not tried")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    named = "-subj /CN=ioc.example.org -addext subjectAltName=DNS:ioc.example.org"
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate} {named}"
    subprocess.run(made.split(), check=True, capture_output=True)
    asked: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    serving.sni_callback = lambda _, name, __: asked.append(name)
    monkeypatch.setattr(posting, "_TRUST", [ssl.create_default_context(cafile=str(certificate))])
    with receiving(lambda made: serving.wrap_socket(made, server_side=True)) as ioc:
        here = resolving(["127.0.0.1"])
        right = asyncio.run(_post(f"https://ioc.example.org:{ioc.port}/", here, LOOPBACK))
        wrong = asyncio.run(_post(f"https://other.example.org:{ioc.port}/", here, LOOPBACK))

    assert (right.status, right.error) == (204, None)
    assert (wrong.status, wrong.error) == (None, "tls-failed")
    assert asked == ["ioc.example.org", "other.example.org"]
    assert [got.headers["host"] for got in ioc.got] == [f"ioc.example.org:{ioc.port}"]


def test_redirects_are_not_followed():
    with receiving() as inside, receiving() as outside:
        outside.answer = lambda got: (307, {"Location": inside.url}, b"")

        outcome = asyncio.run(_post(outside.url, addresses.resolved, LOOPBACK))

    assert (outcome.status, outcome.error, inside.got) == (307, "redirect-not-followed", [])


def test_an_answer_without_end_is_read_a_little_and_left():
    with receiving() as outside:
        outside.answer = lambda got: (200, {"Content-Length": str(10**9)}, b"x" * 100_000)

        outcome = asyncio.run(_post(outside.url, addresses.resolved, LOOPBACK))

    assert (outcome.delivered, outcome.seconds < 8) == (True, True)


def test_settings_that_name_no_network_are_refused():
    from pydantic import ValidationError

    from app.settings import Settings

    assert Settings(webhook_allowed_networks=" 10.0.0.0/8 ,fd00::/8").webhook_allowed_networks
    for wrong in ("10.0.0.1/8", "example.org", "10.0.0.0/33"):
        with pytest.raises(ValidationError):
            Settings(webhook_allowed_networks=wrong)
