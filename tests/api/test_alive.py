"""The check of a container: by Python alone, with and without TLS, and never through a proxy."""

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from garant.api.alive import main
from postgres_server import free_port


@contextmanager
def answering(status: int, certificate: Path | None = None) -> Generator[int]:
    """A server that answers `/healthz` with a status, and anything else with 404; its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of another name than 127.0.0.1, signed by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "garant.bank.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "tls.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GARANT_TLS_CERT", raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_it_lives_when_it_says_so(status: int, code: int) -> None:
    with answering(status) as port:
        assert main([str(port)]) == code


def test_nobody_there_is_no_life() -> None:
    assert main([str(free_port())]) == 1


def test_a_service_that_ends_tls_itself_is_asked_over_tls(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(200, certificate) as port:
        monkeypatch.setenv("GARANT_TLS_CERT", str(certificate))
        assert main([str(port)]) == 0
        monkeypatch.delenv("GARANT_TLS_CERT")
        (tmp_path / "garant.toml").write_text('tls_cert = "/run/secrets/tls_cert"\n')
        assert main([str(port)]) == 0
    with answering(200) as port:
        assert main([str(port)]) == 1


def test_the_command_imports_little(tmp_path: Path) -> None:
    code = "import sys, garant.api.alive; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert not {"pydantic", "fastapi", "uvicorn", "sqlalchemy", "numpy"} & {*loaded.stdout.split()}
