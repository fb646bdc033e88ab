"""Every table with rows of a person is part of a subject access report."""

from hub_enrolment.models import Base
from hub_enrolment.queries.subject_access import HEADINGS
from hub_enrolment.store.personal_data import TABLES


def test_no_table_with_rows_of_a_person_is_forgotten() -> None:
    people = {"teachers"}
    while True:
        more = {
            table.name
            for table in Base.metadata.tables.values()
            if table.name not in people
            and {"teacher_id", "enrolment_id"} & {fk.parent.name for fk in table.foreign_keys}
            and any(fk.column.table.name in people for fk in table.foreign_keys)
        }
        if not more:
            break
        people |= more
    others = {
        table.name
        for table in Base.metadata.tables.values()
        if any(fk.column.table.name == "teachers" for fk in table.foreign_keys)
    }
    assert "attendances" in people
    assert people | others == set(TABLES) == set(HEADINGS)
