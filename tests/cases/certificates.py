"""Certificates for the mail server: of a private authority, and such as must not be trusted."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY: Final = timedelta(days=1)
HERE: Final = "localhost"
ELSEWHERE: Final = "mail.elsewhere.example"


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a test."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    folder: Path

    def context(self, name: str, *, valid_for: timedelta = DAY) -> ssl.SSLContext:
        """A server with a certificate of this authority; a negative `valid_for` makes an expired one."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = certificate(name, key, self.certificate.subject, self.key, valid_for=valid_for)
        return server_context(self.folder / f"{signed.serial_number}.pem", signed, key)


def authority(folder: Path) -> Authority:
    """Create an authority; a client trusts it by `authority.pem` in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate("Authority of the cases", key, None, key, is_authority=True)
    (folder / "authority.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    return Authority(own, key, folder)


def self_signed(folder: Path, name: str) -> ssl.SSLContext:
    """A server that only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    return server_context(folder / "self_signed.pem", certificate(name, key, None, key), key)


# Long: the fields of a certificate, one by one.
def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
    signing_key: ec.EllipticCurvePrivateKey,
    *,
    valid_for: timedelta = DAY,
    is_authority: bool = False,
) -> x509.Certificate:
    """Sign a certificate; without an issuer it is its own."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name.replace(" ", "-"))]
    if name == HERE:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + valid_for)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signing_key, hashes.SHA256())
    )


def server_context(path: Path, signed: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """Return the server's TLS context."""
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
