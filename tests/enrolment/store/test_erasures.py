"""Every free text about a person is among what an erasure clears."""

import sqlalchemy as sa

from hub_enrolment.models import Base
from hub_enrolment.store.erasures import NOTES

# Words of a table that are about a thing, a school or a day, and not about one person.
NOT_PERSONAL = {
    "classroom_tasks.prompt",
    "lesson_studies.learning_note",
    "pd_days.title",
    "pd_days.venue",
    "sessions.venue",
}


def test_no_free_words_about_a_person_are_forgotten() -> None:
    notes = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
        if isinstance(column.type, sa.Text)
        and {"note", "prompt", "title", "venue", "comment", "text"} & set(column.name.split("_"))
        and table.name not in {"programmes", "work_groups"}
    }
    assert notes == {f"{table}.{column}" for table, column in NOTES} | NOT_PERSONAL
