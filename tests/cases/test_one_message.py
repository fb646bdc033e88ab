"""T9: one change is one e-mail in words for each person."""

from datetime import timedelta

from tests.cases.desk import FIRST, FORTNIGHT, Desk


def test_t9_a_series_of_8_sessions_is_one_message_in_words_to_each_of_12(desk: Desk) -> None:
    people = desk.people(12)
    group = desk.group(people)
    since = desk.settle(*people)
    days = desk.series(group, 8)
    desk.settle(*people)
    told = [desk.read(person, since) for person in people]
    assert [len(messages) for messages in told] == [1] * 12
    for (message,) in told:
        assert [day for day in days if not message.names_day(day)] == []
    assert [len(desk.calendar(person)) for person in people] == [8] * 12


def test_a_teacher_who_enrols_into_8_sessions_reads_one_message(desk: Desk) -> None:
    """More of T9's kind."""
    (person,) = desk.people(1)
    group = desk.group()
    days = desk.series(group, 8)
    desk.enrol(group, person)
    desk.settle(person)
    (message,) = desk.read(person)
    assert [day for day in days if not message.names_day(day)] == []
    assert len(desk.calendar(person)) == 8


def test_several_sessions_moved_while_the_mail_server_is_away_are_one_message(desk: Desk) -> None:
    """More of T9's kind: it names the old and the new day of each."""
    (person,) = desk.people(1)
    group = desk.group([person])
    days = desk.series(group, 3)
    since = desk.settle(person)
    before = desk.calendar(person)
    with desk.hub.mail.away("answering 421"):
        for number, session_id in enumerate(group.session_ids):
            moved_to = FIRST + number * FORTNIGHT + timedelta(days=1)
            assert desk.move(session_id, moved_to).status == 200
        desk.hub.wait_for_notifications()
    desk.settle(person)
    (message,) = desk.read(person, since)
    for day in days:
        assert message.names_day(day)
        assert message.names_day(day + timedelta(days=1))
    after = desk.calendar(person)
    assert after.keys() == before.keys()
    assert all(after[uid].sequence > before[uid].sequence for uid in before)
