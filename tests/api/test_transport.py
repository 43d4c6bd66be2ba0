"""TLS of the service itself, and what a declared proxy may say of whoever it speaks for."""

import ssl
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from starlette.requests import Request

from garant.api.headers import SecurityHeaders
from garant.api.provider_requests import ProviderRequests, _trust
from garant.api.serve import ServeOptions, http_config, listening_socket
from garant.exceptions import ProviderError
from garant.settings import Settings


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key of this machine."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    return folder / "cert.pem", folder / "key.pem"


def app() -> FastAPI:
    """An app that says how it was asked."""
    made = FastAPI()

    @made.get("/")
    async def asked(request: Request) -> dict[str, str]:
        return {"scheme": request.url.scheme, "client": request.client.host if request.client else ""}

    _ = asked
    made.add_middleware(SecurityHeaders)
    return made


@contextmanager
def served(settings: Settings) -> Generator[int]:
    """Serve as `garant serve` does with these settings; gives the port."""
    server = uvicorn.Server(http_config(ServeOptions(bundle=Path()), settings, app))
    with listening_socket("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def test_with_a_certificate_only_tls_is_spoken_and_browsers_are_told_to_stay(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with served(Settings(tls_cert=cert, tls_key=key)) as port:
        with httpx.Client(verify=ssl.create_default_context(cafile=str(cert))) as client:
            answer = client.get(f"https://127.0.0.1:{port}/")
            assert answer.json()["scheme"] == "https"
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/")


def test_only_a_declared_proxy_is_believed() -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "93.184.216.34"}
    with served(Settings(trusted_proxy=("127.0.0.1",))) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/", headers=said)
        assert answer.json() == {"scheme": "https", "client": "93.184.216.34"}
        assert "Strict-Transport-Security" in answer.headers
    for proxies in ((), ("10.0.0.5",)):
        with served(Settings(trusted_proxy=proxies)) as port:
            answer = httpx.get(f"http://127.0.0.1:{port}/", headers=said)
            assert answer.json() == {"scheme": "http", "client": "127.0.0.1"}
            assert "Strict-Transport-Security" not in answer.headers


def test_a_provider_is_believed_only_with_a_certificate_that_the_system_knows(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate
    _trust.cache_clear()
    with served(Settings(tls_cert=cert, tls_key=key)) as port:
        with pytest.raises(ProviderError, match="gives no answer"):
            ProviderRequests().json(f"https://127.0.0.1:{port}/")
        _trust.cache_clear()
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert ProviderRequests().json(f"https://127.0.0.1:{port}/")["scheme"] == "https"
    _trust.cache_clear()
