"""`python -m hub_platform.alive`: whether the service in this container can do its work."""

import http.client
import os
import sys

SECONDS = 4


def main() -> None:
    """Leave with 0 when the service says that it is ready, otherwise with what is missing."""
    service, port = os.environ["HUB_SERVICE"], int(os.environ.get("HUB_HTTP_PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", f"/{service}/health/ready")
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except OSError as exc:
        sys.exit(f"{service} does not answer: {type(exc).__name__}")
    if answer.status != http.client.OK:
        sys.exit(said)


if __name__ == "__main__":
    main()
