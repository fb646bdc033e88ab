"""docs/reliability.md lists the tested cases of mail servers with their expected results."""

import re

from tests.notifications import mail_cases

from hub_local.places import ROOT
from hub_notifications.domain.failures import SENDER_TROUBLES


def test_the_page_has_the_cases_of_the_tests() -> None:
    page = mail_cases.PAGE.read_text()
    assert mail_cases.section() in page, "run python -m tests.notifications.mail_cases"
    assert page.count(mail_cases.HEADING) == 1
    assert mail_cases.put_into(page) == page


def test_a_section_is_replaced_wherever_it_stands() -> None:
    section = mail_cases.section()
    assert mail_cases.put_into("# Title\n") == f"# Title\n\n{section}"
    old = f"# Title\n\n{mail_cases.HEADING}\n\nold\n\n## Next\n\nwords\n"
    assert mail_cases.put_into(old) == f"# Title\n\n## Next\n\nwords\n\n{section}"


def test_every_trouble_of_the_sender_is_explained_to_operators() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("| reason | what to do |")[2].partition("\n\n")[0]
    first_columns = "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", first_columns)) == set(SENDER_TROUBLES)
    tried = {case.trouble for case in mail_cases.CASES if case.trouble}
    assert tried <= set(SENDER_TROUBLES)
