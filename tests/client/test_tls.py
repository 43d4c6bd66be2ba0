"""The client over TLS: the lender's own authority is believed where it is named, and nowhere else."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from answering_service import Service, answering_service
from garant.client import Client, Retries
from garant.exceptions import ServiceUnavailableError


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Certificate of this machine, signed by itself, with its key beside it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "garant")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (tmp_path / "chain.pem").write_bytes(made.public_bytes(pem))
    return tmp_path / "chain.pem"


@pytest.fixture
def service(certificate: Path) -> Iterator[Service]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with answering_service(tls) as found:
        yield found


def test_the_lenders_own_authority_is_believed_where_it_is_named(service: Service, certificate: Path) -> None:
    with Client(service.url, key="garant_0_x", ca_file=certificate) as client:
        assert client.decide({"application": {}}).outcome == "refer"


def test_a_certificate_of_nobody_known_gets_no_key(service: Service) -> None:
    retries = Retries(attempts=2, first_wait=0.01)
    with Client(service.url, key="garant_0_x", retries=retries) as client, pytest.raises(ServiceUnavailableError):
        client.decide({"application": {}})

    assert not service.received
