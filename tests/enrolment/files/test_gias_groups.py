"""Links of schools to trusts: each once, and only to trusts."""

import pytest
from tests.enrolment.register_files import group_links, table_of

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files.gias_groups import read_group_links

TRUST = "Multi-academy trust"


def test_a_link_that_stands_twice_counts_once_and_is_found() -> None:
    raw = group_links(("100001", "2044", TRUST, "01-09-2025"), ("100001", "2044", TRUST, "01-09-2024"))
    file = read_group_links(table_of(raw))
    assert [(one.urn, one.uid, one.row) for one in file.rows] == [("100001", "2044", 2)]
    assert [(one.code, one.row) for one in file.findings] == [("link_repeated", 3)]
    assert file.skipped == 1


def test_a_link_to_what_is_no_trust_is_passed_over() -> None:
    raw = group_links(("100001", "2044", TRUST, ""), ("100002", "2055", "Federation", ""))
    file = read_group_links(table_of(raw))
    assert [one.urn for one in file.rows] == ["100001"]
    assert (file.skipped, file.findings) == (1, [])


def test_a_header_whose_quotation_mark_is_never_closed_is_no_table() -> None:
    with pytest.raises(FileRefused) as refused:
        table_of(b'"URN,LinkURN\r\n')
    assert refused.value.code == "file_unknown"
    assert "the header cannot be read as CSV" in str(refused.value.errors)
