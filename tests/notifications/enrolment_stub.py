"""Answers notifications' questions as enrolment would, as a process of its own; says when it is ready."""

import sys
from base64 import b64encode
from typing import Any, Final
from uuid import UUID

# One person with two records, who does something for a school.
LEFT: Final = UUID(int=0xA1)
MERGED: Final = UUID(int=0xA2)
URN: Final = "980001"
THREAD: Final = f"work-groups/{UUID(int=0xF1)}"


def main(amqp_uri: str) -> None:
    """Answer until killed."""
    import eventlet

    eventlet.monkey_patch()

    from nameko.containers import ServiceContainer
    from nameko.rpc import rpc

    class Enrolment:
        name = "enrolment"

        @rpc  # type: ignore[untyped-decorator]  # nameko ships no types
        def contacts(self, teacher_ids: list[str]) -> dict[str, Any]:
            return {
                each: {"given": "Ada", "family": "Lovelace", "email": f"{each[:8]}@school.example"}
                for each in teacher_ids
            }

        @rpc  # type: ignore[untyped-decorator]  # nameko ships no types
        def joining_links(self, session_ids: list[str]) -> dict[str, str]:
            return {each: f"https://meet.example.org/{each[:8]}" for each in session_ids}

        @rpc  # type: ignore[untyped-decorator]  # nameko ships no types
        def certificate(self, enrolment_id: str) -> str | None:
            return b64encode(b"%PDF-1.7 " + enrolment_id.encode()).decode()

        @rpc  # type: ignore[untyped-decorator]  # nameko ships no types
        def records(self, teacher_id: str) -> list[str]:
            return [teacher_id, str(MERGED)] if teacher_id == str(LEFT) else [teacher_id]

        @rpc  # type: ignore[untyped-decorator]  # nameko ships no types
        def school_threads(self, urn: str) -> dict[str, Any]:
            return {"urns": [urn], "threads": [[THREAD, str(LEFT)]] if urn == URN else []}

    container = ServiceContainer(Enrolment, {"AMQP_URI": amqp_uri})
    container.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1])
