"""Mutual TLS that ends in a real nginx, and what is said when somebody is not who he should be."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.connection import Patience, open_connection
from gateway.uplink.destination import Destination, DestinationError
from gateway.uplink.lines import names_of
from gateway.uplink.sender import Unsent
from gateway.uplink.uplink import Uplink
from tests.debian_servers import nginx
from tests.ports import free_port

NOW_MS = 1_451_635_200_000
MTLS = """
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/ca.pem; ssl_verify_client on;
    location / {{ proxy_pass {upstream}; proxy_set_header Seepline-Client $ssl_client_s_dn; }}
  }}
"""


class Authority:
    """A certificate authority of one afternoon."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.write("ca", self.signed(self.name, self.key.public_key(), is_authority=True), self.key)

    def signed(self, subject: x509.Name, key, is_authority: bool = False) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder(self.name, subject, key, x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(here, critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.write(name, self.signed(subject, key.public_key()), key)

    def write(self, name: str, certificate: x509.Certificate, key) -> None:
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / f"{name}.key").write_bytes(text)
        (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def authority(tmp_path) -> Authority:
    found = Authority(tmp_path, "operator")
    for name in ("server", "gw1"):
        found.issue(name)
    return found


@pytest.fixture
def doorkeeper(authority, collector, tmp_path):
    """An nginx that lets in whoever the authority knows; yields its port."""
    port = free_port()
    with nginx(tmp_path, MTLS.format(port=port, folder=tmp_path, upstream=collector.url), port):
        yield port


@pytest.fixture
def file(tmp_path, record):
    file = OutboxFile(tmp_path / "data", NOW_MS)
    Outbox(file).append([Arrival(record(501, 77, sequence), NOW_MS, live=False) for sequence in (1, 2, 3)])
    yield file
    file.close()


@pytest.fixture
def towards(tmp_path):
    (tmp_path / "text").write_text("no certificate")

    def towards(url: str, **files: str) -> Destination:
        paths = {name: tmp_path / file for name, file in files.items()}
        return Destination(name="collector", url=url, token="s3cret", **paths)

    return towards


async def send(destination: Destination, file: OutboxFile, site) -> Uplink:
    async with open_connection(destination, Patience(60, 30, 90)) as connection:
        uplink = Uplink(connection, "gw1", Backlog(file), names_of(site), Clock())
        await uplink.step()
        return uplink


MINE = {"ca_file": "ca.pem", "client_cert": "gw1.pem", "client_key": "gw1.key"}


async def test_a_gateway_with_its_certificate_is_let_in(doorkeeper, towards, collector, file, site):
    uplink = await send(towards(f"https://127.0.0.1:{doorkeeper}", **MINE), file, site)
    assert len(collector.stored) == 3
    assert collector.headers[0]["Seepline-Client"] == "CN=gw1"
    assert uplink.snapshot().up_bytes > 1500  # the handshake with a certificate is counted too


async def test_without_a_certificate_everything_waits_for_a_person(doorkeeper, towards, collector, file, site):
    with pytest.raises(Unsent, match="collector answers 400: check token") as held:
        await send(towards(f"https://127.0.0.1:{doorkeeper}", ca_file="ca.pem"), file, site)
    assert held.value.pause_s == 60.0
    assert (collector.stored, Backlog(file).unsent()) == ([], 3)


async def test_a_server_that_nobody_vouches_for_gets_nothing(doorkeeper, towards, collector, file, site, tmp_path):
    (tmp_path / "other").mkdir()
    Authority(tmp_path / "other", "somebody else")
    with pytest.raises(Unsent, match=r"its certificate is not believed .*: check ca_file and this clock"):
        await send(towards(f"https://127.0.0.1:{doorkeeper}", **MINE | {"ca_file": "other/ca.pem"}), file, site)
    assert collector.headers == []


async def test_https_towards_a_server_without_tls_is_said(towards, collector, file, site):
    with pytest.raises(Unsent, match=r"TLS fails \(WRONG_VERSION_NUMBER\): check url"):
        await send(towards(collector.url.replace("http", "https")), file, site)


async def test_a_name_that_nobody_knows_is_said(towards, file, site):
    with pytest.raises(Unsent, match=r"its name is not found .*: check url and this machine's DNS"):
        await send(towards("https://collector.invalid"), file, site)


async def test_a_port_where_nobody_listens_is_said(towards, file, site):
    with pytest.raises(Unsent, match="nothing listens there"):
        await send(towards(f"http://127.0.0.1:{free_port()}"), file, site)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ca_file": "nowhere.pem"}, "ca_file is .*nowhere.pem .No such file"),
        ({"ca_file": "text"}, "ca_file is .*text"),
        (
            {"client_cert": "gw1.pem", "client_key": "ca.key"},
            "client_cert is .*gw1.pem with .*ca.key .*: expected",
        ),
    ],
)
async def test_a_file_that_cannot_be_used_is_named(changes, says, authority, towards, file, site):
    with pytest.raises(DestinationError, match=f"collector: {says}"):
        await send(towards("https://127.0.0.1:1", **changes), file, site)
