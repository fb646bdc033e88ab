"""The certificate of the AMQP gateway, and the authority that signs it unless the operator provides one.

Three files of the secrets:

- `subscribers_authority.pem`: certificate and key of the hub's own authority; no container reads it
- `subscribers_certificate.pem`: the gateway's certificate and key; an operator's own is never replaced
- `subscribers_ca.pem`: the authority with which subscribers verify it; empty for a public authority
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub_operations.secret_writing import replace, rewrite

AUTHORITY: Final = "subscribers_authority.pem"
CERTIFICATE: Final = "subscribers_certificate.pem"
CHECKED_WITH: Final = "subscribers_ca.pem"
FILES: Final = (AUTHORITY, CERTIFICATE, CHECKED_WITH)

AUTHORITY_LASTS: Final = timedelta(days=20 * 365)
LASTS: Final = timedelta(days=825)
RENEWED: Final = timedelta(days=365)  # before its end, at the next `make up`
CLOCKS_APART: Final = timedelta(hours=1)  # a subscriber's clock may be slow

NOT_PEM: Final = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """PEM text with the certificate first, as HAProxy requires."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return (self.certificate.public_bytes(Encoding.PEM) + key).decode()


def provide(folder: Path, host: str, now: datetime) -> list[str]:
    """Create missing certificates and renew those near their end; return the names of new files.

    Args:
        folder: of the secrets.
        host: the host name or IP address that subscribers connect to.
        now: an aware instant.
    """
    made: list[str] = []
    if not (pem := _content(folder / AUTHORITY)):
        pem = _authority(now).pem
        replace(folder / AUTHORITY, pem)
        made.append(AUTHORITY)
    authority = _read(pem)
    shown = _content(folder / CERTIFICATE)
    if shown and not is_ours(shown, pem):
        if is_authority(_content(folder / CHECKED_WITH), pem):
            rewrite(folder / CHECKED_WITH, "")  # the authority did not sign the operator's certificate
        elif not (folder / CHECKED_WITH).exists():
            replace(folder / CHECKED_WITH, "")
        return made
    if not shown or not _is_good(_read(shown).certificate, host, now):
        rewrite(folder / CERTIFICATE, _signed(authority, host, now).pem)
        made.append(CERTIFICATE)
    if not is_authority(_content(folder / CHECKED_WITH), pem):
        rewrite(folder / CHECKED_WITH, authority.certificate.public_bytes(Encoding.PEM).decode())
        made.append(CHECKED_WITH)
    return made


def is_ours(certificate: str, authority: str) -> bool:
    """Return whether the hub's own authority signed a certificate; both are PEM texts with keys."""
    try:
        _read(certificate).certificate.verify_directly_issued_by(_read(authority).certificate)
    except (*NOT_PEM, InvalidSignature):
        return False
    return True


def has_own_certificate(folder: Path) -> bool:
    """Return whether a folder of secrets holds a certificate of the operator."""
    authority, certificate = _content(folder / AUTHORITY), _content(folder / CERTIFICATE)
    return bool(authority and certificate) and not is_ours(certificate, authority)


def can_sign(authority: str) -> bool:
    """Return whether a PEM text holds a key and a certificate of the kind that this module creates."""
    try:
        _read(authority)
    except NOT_PEM:
        return False
    return True


def is_authority(certificate: str, authority: str) -> bool:
    """Return whether a certificate (PEM) is that of the hub's own authority (PEM with its key)."""
    try:
        return x509.load_pem_x509_certificate(certificate.encode()) == _read(authority).certificate
    except NOT_PEM:
        return False


def faults(certificate: str, host: str, now: datetime) -> Iterator[str]:
    """Yield the faults of an operator's certificate, each as the end of a sentence."""
    try:
        first = x509.load_pem_x509_certificates(certificate.encode())[0]
        key = load_pem_private_key(certificate.encode(), None)
    except (*NOT_PEM, IndexError):
        yield "it must hold the certificate, any intermediate ones and its key, in PEM, without password."
        return
    written = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*written) != first.public_key().public_bytes(*written):
        yield "its key is not that of its first certificate."
    if not first.not_valid_before_utc <= now < first.not_valid_after_utc:
        begins, ends = first.not_valid_before_utc, first.not_valid_after_utc
        yield f"it is valid from {begins:%-d %B %Y} to {ends:%-d %B %Y}."
    if not _names(first, host):
        named = ", ".join(map(str, _subjects(first))) or "nothing"
        yield f"it is for {named}, and subscribers connect to {host} (HUB_SUBSCRIBERS_HOST)."


def _authority(now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Maths hub subscribers, {now:%Y-%m-%d}")])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    builder = _builder(name, name, key, now, now + AUTHORITY_LASTS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    return Pair(key, builder.sign(key, hashes.SHA256()))


def _signed(authority: Pair, host: str, now: datetime) -> Pair:
    """Return a certificate with every extension of RFC 5280, for clients that verify strictly."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    ends = min(now + LASTS, issuer.not_valid_after_utc)
    builder = _builder(x509.Name([]), issuer.subject, key, now, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    # Critical, because the subject is empty.
    builder = builder.add_extension(x509.SubjectAlternativeName([_subject(host)]), critical=True)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(signer, critical=False)
    return Pair(key, builder.sign(authority.key, hashes.SHA256()))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(certificate: x509.Certificate, host: str, now: datetime) -> bool:
    """Return whether a certificate names the host and is not due for renewal."""
    return _names(certificate, host) and certificate.not_valid_after_utc - RENEWED > now


def _names(certificate: x509.Certificate, host: str) -> bool:
    wanted = _subject(host)
    if isinstance(wanted, x509.IPAddress):
        return wanted.value in _subjects(certificate)
    lower = host.lower()
    accepted = {lower, f"*.{lower.partition('.')[2]}"}  # a wildcard stands for one label
    return any(str(one).lower() in accepted for one in _subjects(certificate))


def _subjects(certificate: x509.Certificate) -> list[object]:
    """Return the host names and IP addresses of a certificate; clients ignore the common name."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*found.get_values_for_type(x509.DNSName), *found.get_values_for_type(x509.IPAddress)]


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _read(pem: str) -> Pair:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key that this hub makes")  # noqa: TRY004 - of a file's content
    return Pair(key, x509.load_pem_x509_certificate(pem.encode()))


def _content(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
