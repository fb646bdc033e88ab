"""Answers notifications' questions as enrolment would, as a process of its own; says when it is ready."""

import sys
from base64 import b64encode
from typing import Any


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

    container = ServiceContainer(Enrolment, {"AMQP_URI": amqp_uri})
    container.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1])
