"""Finds the addresses of a database's hosts by `socket`: libpq's own look-up blocks the process (ADR 23)."""

import socket

import psycopg2


def look_up_hosts(_dialect: object, _record: object, _words: object, parameters: dict[str, object]) -> None:
    """Resolve libpq's host names, before SQLAlchemy connects (event `do_connect`).

    The names stay: certificates and password files are compared with them. A name with several addresses
    becomes several hosts, which libpq tries in order.

    Raises:
        psycopg2.OperationalError: none of the names is known now.
    """
    if parameters.get("hostaddr") or not parameters.get("host"):
        return
    hosts = str(parameters["host"]).split(",")
    ports = str(parameters.get("port") or "").split(",")
    found: list[tuple[str, str, str]] = []
    unknown: OSError | None = None
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=False):
        try:
            found += [(host, address, port) for address in _addresses(host)]
        except OSError as exc:
            unknown = exc
    if not found:
        raise psycopg2.OperationalError(f"the database's host is not known: {unknown}")
    names = ("host", "hostaddr", "port")
    parameters.update(zip(names, (",".join(column) for column in zip(*found, strict=True)), strict=True))
    if not any(port for *_, port in found):
        del parameters["port"]


def _addresses(host: str) -> list[str]:
    """The addresses of a host, each once; the folder of a Unix socket has none."""
    if not host or host.startswith(("/", "@")):
        return [""]
    listed = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in listed))
