"""HTTP requests of hubctl, by urllib3: one attempt, no redirects, the system's certificate authorities."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError


def client(timeout: float) -> urllib3.PoolManager:
    """Return a client for the hub itself, which ignores the proxies of the environment.

    Args:
        timeout: seconds to connect, and seconds between two reads.
    """
    return urllib3.PoolManager(timeout=timeout, retries=False)


def outside_client(url: str, timeout: float) -> urllib3.PoolManager:
    """Return a client for an address outside the hub, through the proxy that the environment names for it."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy is None or proxy_bypass(parts.netloc):
        return client(timeout)
    return urllib3.ProxyManager(proxy, timeout=timeout, retries=False)


def cause_of(failure: Exception) -> str:
    """Return the class of the error behind a failed request, such as `ConnectionRefusedError`."""
    if not isinstance(failure, HTTPError):
        return type(failure).__name__
    return type(failure.__cause__ or failure.__context__ or failure).__name__
