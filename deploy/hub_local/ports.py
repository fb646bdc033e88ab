"""Free TCP ports on the loopback interface."""

import contextlib
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Return whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # A port in TIME_WAIT is free for a server, and servers set this option too.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """Return a free loopback port, chosen by the operating system."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port


def next_free(first: int, *, taken: frozenset[int] = frozenset(), tries: int = 100) -> int | None:
    """Return the first free port from `first` on that is not in `taken`; None after `tries` ports."""
    for port in range(first, min(first + tries, 65536)):
        if port not in taken and is_free(port):
            return port
    return None


def kept(file: Path) -> int:
    """Return the port in a file if it is free; otherwise write a free port to the file and return it."""
    with contextlib.suppress(OSError, ValueError):
        port = int(file.read_text())
        if 0 < port < 65536 and is_free(port):
            return port
    port = any_free()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(f"{port}\n")
    return port
