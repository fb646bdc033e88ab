"""Messages are filtered by their own columns, and counted by status."""

from typing import Any

import pytest
from tests.notifications.fakes import FakePeople
from tests.notifications.rows import Box

from hub_notifications.queries.messages import MessageFilter, find_messages, summary
from hub_platform.database import Sessions
from hub_platform.paging import PageRequest


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        yield Box.with_bystanders(session)


def test_list_is_filtered_by_status_template_and_reason(box: Box) -> None:
    box.put("due")
    box.put("another template", template="visit_planned")
    page = PageRequest(50, None)
    narrowed: list[tuple[dict[str, Any], set[str]]] = [
        ({"status": "due"}, {"due", "another template"}),
        ({"template": "visit_planned"}, {"another template"}),
        ({"status": "sent"}, {"sent already"}),
        ({"reason": "before"}, {"failed already", "suppressed already"}),
    ]
    for asked, expected in narrowed:
        rows, _ = find_messages(box.session, page, FakePeople(), MessageFilter(**asked))
        assert {box.names[row.id] for row in rows} == expected
    assert summary(box.session) == {"due": 2, "sending": 1, "sent": 1, "failed": 1, "suppressed": 1}
