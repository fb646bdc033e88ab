"""Facts for all messages, the items of which people were notified, and their calendar entries.

Items in messages that were sent count as notified; due messages are decided again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hub_platform.database import UtcDateTime

revision = "0007_told"
down_revision = "0006_mail_servers"


def upgrade() -> None:
    _hub()
    _groups()
    _places()
    _days_and_visits()
    _told()
    _messages()
    _store_sent_items()
    _decide_due_messages_again()


def downgrade() -> None:
    # The version before decides nothing at sending: it cannot write what this one has written down.
    op.execute(
        "UPDATE messages SET status = 'suppressed', reason = 'downgraded', claim = NULL,"
        " claimed_until = NULL, handed_over = false"
        " WHERE status IN ('due', 'sending') AND NOT about ? 'work_group_id' AND NOT about ? 'planned_at'"
    )
    op.drop_index("uq_messages_one_due", "messages")
    op.drop_index("ix_messages_recipient", "messages")
    op.create_index("ix_messages_concerns", "messages", ["concerns"])
    op.drop_column("messages", "item")
    for table in (
        "calendar_entries",
        "told_items",
        "visits",
        "pd_day_registrations",
        "pd_days",
        "applications",
        "waiting_list",
        "school_years",
        "hub",
    ):
        op.drop_table(table)
    _downgrade_places()
    op.add_column(
        "group_sessions", sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE group_sessions SET cancelled = cancelled_reason IS NOT NULL")
    op.alter_column("group_sessions", "cancelled", server_default=None)
    for column in ("venue", "cancelled_reason", "cancelled_at"):
        op.drop_column("group_sessions", column)
    for column in ("cancelled_reason", "cancelled_at"):
        op.drop_column("work_groups", column)


def _hub() -> None:
    op.create_table(
        "hub",
        sa.Column("sole", sa.Boolean(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text()),
        sa.Column("contact_email", sa.Text()),
        sa.Column("contact_telephone", sa.Text()),
        sa.Column("privacy_notice", sa.Text()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("sole", name="sole"),
    )
    op.create_table(
        "school_years",
        sa.Column("academic_year", sa.Text(), primary_key=True),
        sa.Column("half_terms", JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )


def _groups() -> None:
    op.add_column("work_groups", sa.Column("cancelled_reason", sa.Text()))
    op.add_column("work_groups", sa.Column("cancelled_at", UtcDateTime()))
    op.add_column("group_sessions", sa.Column("venue", sa.Text()))
    op.add_column("group_sessions", sa.Column("cancelled_reason", sa.Text()))
    op.add_column("group_sessions", sa.Column("cancelled_at", UtcDateTime()))
    # The reason was not kept; the time is that of the messages about it, to tell who was a participant then.
    op.execute(
        """
        UPDATE group_sessions s SET cancelled_reason = 'other', cancelled_at = coalesce(
            (SELECT min(m.created_at) FROM messages m
             WHERE m.template = 'session_cancelled' AND m.about -> 'session_ids' ? s.session_id::text),
            '2000-01-01T00:00:00Z')
        WHERE cancelled
        """
    )
    op.drop_column("group_sessions", "cancelled")


def _places() -> None:
    op.add_column("places", sa.Column("state", sa.Text()))
    op.add_column("places", sa.Column("given_at", UtcDateTime()))
    op.add_column("places", sa.Column("transferred_from", sa.Uuid()))
    op.execute(
        """
        UPDATE places SET given_at = coalesce(changed_at, '2000-01-01T00:00:00Z'), state = CASE
            WHEN NOT active THEN 'withdrawn'
            WHEN EXISTS (SELECT FROM messages m WHERE m.template = 'participant_completed'
                         AND m.concerns = 'enrolments/' || enrolment_id) THEN 'completed'
            ELSE 'active' END
        """
    )
    op.alter_column("places", "state", nullable=False)
    op.alter_column("places", "given_at", nullable=False)
    op.drop_index("ix_places_work_group_id", "places")
    op.drop_column("places", "active")
    op.drop_column("places", "changed_at")
    states = "'active', 'withdrawn', 'transferred', 'group_cancelled', 'completed'"
    op.create_check_constraint("state", "places", f"state IN ({states})")
    op.create_index("ix_places_work_group_id_teacher_id", "places", ["work_group_id", "teacher_id"])
    states = "'waiting', 'offered', 'expired', 'ended', 'group_cancelled'"
    op.create_table(
        "waiting_list",
        sa.Column("waiting_id", sa.Uuid(), primary_key=True),
        sa.Column("work_group_id", sa.Uuid(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({states})", name="state"),
    )
    op.create_index(
        "ix_waiting_list_work_group_id_teacher_id", "waiting_list", ["work_group_id", "teacher_id"]
    )
    _applications()


def _applications() -> None:
    states = "'submitted', 'waitlisted', 'accepted', 'declined', 'withdrawn'"
    op.create_table(
        "applications",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("work_group_id", sa.Uuid(), nullable=False),
        sa.Column("teacher_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({states})", name="state"),
    )
    op.create_index("ix_applications_work_group_id", "applications", ["work_group_id"])
    op.create_index("ix_applications_teacher_ids", "applications", ["teacher_ids"], postgresql_using="gin")


def _downgrade_places() -> None:
    op.add_column("places", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("places", sa.Column("changed_at", UtcDateTime()))
    op.execute("UPDATE places SET active = state IN ('active', 'completed'), changed_at = given_at")
    op.alter_column("places", "active", server_default=None)
    op.drop_index("ix_places_work_group_id_teacher_id", "places")
    for column in ("state", "given_at", "transferred_from"):
        op.drop_column("places", column)
    op.create_index(
        "ix_places_work_group_id", "places", ["work_group_id"], postgresql_where=sa.text("active")
    )


def _days_and_visits() -> None:
    op.create_table(
        "pd_days",
        sa.Column("pd_day_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("starts_at", UtcDateTime()),
        sa.Column("venue", sa.Text()),
        sa.Column("cancelled_reason", sa.Text()),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "pd_day_registrations",
        sa.Column("pd_day_id", sa.Uuid(), primary_key=True),
        sa.Column("teacher_id", sa.Uuid(), primary_key=True),
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Uuid(), primary_key=True),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("pd_lead_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cancelled_reason", sa.Text()),
        sa.Column("logged", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )


def _told() -> None:
    op.create_table(
        "told_items",
        sa.Column("concerns", sa.Text(), primary_key=True),
        sa.Column("teacher_id", sa.Uuid(), primary_key=True),
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "calendar_entries",
        sa.Column("concerns", sa.Text(), primary_key=True),
        sa.Column("teacher_id", sa.Uuid(), primary_key=True),
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("uid", sa.Text()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
    )


def _messages() -> None:
    op.add_column("messages", sa.Column("item", sa.Text(), nullable=False, server_default=""))
    op.alter_column("messages", "item", server_default=None)


# The notified state of a session: `domain/notified.py`, NotifiedSession.to_json.
UTC = """'YYYY-MM-DD"T"HH24:MI:SS+00:00'"""
SESSION = f"""
    jsonb_build_object('session_id', s.session_id, 'seq', s.seq, 'mode', s.mode, 'host_urn', s.host_urn,
        'starts_at', to_char(s.starts_at AT TIME ZONE 'UTC', {UTC}),
        'ends_at', to_char(s.ends_at AT TIME ZONE 'UTC', {UTC}),
        'venue', NULL, 'sequence', s.ics_sequence, 'removed', s.cancelled_reason IS NOT NULL)
"""
# The latest place of each person. Withdrawals were not notified, and are not notified so late.
PLACES = """
    INSERT INTO told_items (concerns, teacher_id, item, facts, told_at)
    SELECT DISTINCT ON (p.work_group_id, p.teacher_id)
           'work-groups/' || p.work_group_id, p.teacher_id, 'place',
           jsonb_build_object('enrolment_id', p.enrolment_id, 'state', CASE
               WHEN p.state = 'completed' AND NOT sent.completion THEN 'active' ELSE p.state END),
           coalesce(sent.at, p.given_at)
    FROM places p CROSS JOIN LATERAL (
        SELECT max(m.sent_at) AS at,
               coalesce(bool_or(m.template = 'participant_completed'), false) AS completion
        FROM messages m WHERE m.concerns = 'enrolments/' || p.enrolment_id AND m.status = 'sent') AS sent
    WHERE NOT EXISTS (
        SELECT FROM places later
        WHERE later.work_group_id = p.work_group_id AND later.teacher_id = p.teacher_id
        AND (later.given_at, later.enrolment_id) > (p.given_at, p.enrolment_id))
    AND (sent.at IS NOT NULL OR p.state = 'withdrawn')
"""
# Of each session the last message that was sent to a participant, and whether one waits to be sent.
OF_SESSIONS = """
    SELECT p.work_group_id, p.teacher_id, s.session_id, max(m.sent_at) AS told_at,
           bool_or(m.status IN ('due', 'sending')) AS is_waited_for,
           (array_agg(m.template ORDER BY m.sent_at DESC, m.created_at DESC)
               FILTER (WHERE m.status = 'sent'))[1] = 'session_cancelled' AS removed
    FROM places p JOIN messages m ON m.concerns = 'enrolments/' || p.enrolment_id
    JOIN group_sessions s ON m.about -> 'session_ids' ? s.session_id::text
    WHERE p.state = 'active'
    GROUP BY p.work_group_id, p.teacher_id, s.session_id
    HAVING bool_or(m.status = 'sent')
"""
SESSIONS = f"""
    INSERT INTO told_items (concerns, teacher_id, item, facts, told_at)
    SELECT 'work-groups/' || last.work_group_id, last.teacher_id, 'session:' || s.session_id, {SESSION},
           last.told_at
    FROM ({OF_SESSIONS}) AS last JOIN group_sessions s USING (session_id)
    WHERE NOT last.is_waited_for
"""  # noqa: S608 - made of constants
# Where a message waits, the entry is not as the session is now.
ENTRIES = f"""
    INSERT INTO calendar_entries (concerns, teacher_id, item, uid, sequence, removed, facts, sent_at)
    SELECT 'work-groups/' || last.work_group_id, last.teacher_id, 'session:' || s.session_id, NULL,
           s.ics_sequence, last.removed,
           {SESSION} || CASE WHEN last.is_waited_for THEN '{{"sequence": -1}}'::jsonb ELSE '{{}}' END,
           last.told_at
    FROM ({OF_SESSIONS}) AS last JOIN group_sessions s USING (session_id)
"""  # noqa: S608 - made of constants
# What the version before kept of waiting lists, applications and visits is in its messages. Their first
# events are of the revisions 1 (joined, submitted, planned), 2 and 3.
WAITING = """
    INSERT INTO waiting_list (waiting_id, work_group_id, teacher_id, state, expires_at, changed_at, revision)
    SELECT DISTINCT ON (concerns) replace(concerns, 'waiting-list/', '')::uuid,
           (about ->> 'work_group_id')::uuid, recipient_ref::uuid,
           CASE template WHEN 'place_offered' THEN 'offered' ELSE 'expired' END,
           (about ->> 'expires_at')::timestamptz, (about ->> 'offer_told_at')::timestamptz,
           CASE template WHEN 'place_offered' THEN 2 ELSE 3 END
    FROM messages WHERE concerns LIKE 'waiting-list/%'
    ORDER BY concerns, template = 'place_offered', created_at DESC
"""
APPLIED = """
    INSERT INTO applications (application_id, work_group_id, teacher_ids, state, changed_at, revision)
    SELECT replace(concerns, 'applications/', '')::uuid, (min(about ->> 'work_group_id'))::uuid,
           array_agg(DISTINCT recipient_ref::uuid),
           CASE WHEN bool_or(template = 'application_declined') THEN 'declined'
                WHEN bool_or(reason = 'application_over') THEN 'accepted' ELSE 'waitlisted' END,
           max(created_at), 2
    FROM messages WHERE concerns LIKE 'applications/%' GROUP BY concerns
"""
# Decided applications were not stored. ApplicationSubmitted, which is now read from the log, would make them
# undecided again without the revision that was received.
DECIDED = """
    INSERT INTO applications (application_id, work_group_id, teacher_ids, state, changed_at, revision)
    SELECT replace(subject, 'applications/', '')::uuid, '00000000-0000-0000-0000-000000000000', '{}',
           'accepted', '2000-01-01T00:00:00Z', max(revision)
    FROM inbox_subjects WHERE subject LIKE 'applications/%' GROUP BY subject
    ON CONFLICT (application_id) DO UPDATE SET revision = greatest(applications.revision, excluded.revision)
"""
PLANNED = """
    INSERT INTO visits (visit_id, urn, pd_lead_id, planned_at, kind, cancelled_reason, logged, revision)
    SELECT DISTINCT ON (concerns) replace(concerns, 'visits/', '')::uuid, about ->> 'urn',
           recipient_ref::uuid, (about ->> 'planned_at')::timestamptz, about ->> 'kind',
           CASE WHEN status = 'suppressed' THEN 'other' END, false,
           CASE WHEN status = 'suppressed' THEN 2 ELSE 1 END
    FROM messages WHERE template = 'visit_planned' ORDER BY concerns, created_at DESC
"""
OFFERS = """
    INSERT INTO told_items (concerns, teacher_id, item, facts, told_at)
    SELECT DISTINCT ON (about ->> 'work_group_id', recipient_ref)
           'work-groups/' || (about ->> 'work_group_id'), recipient_ref::uuid, 'waiting',
           jsonb_build_object('waiting_id', replace(concerns, 'waiting-list/', ''),
               'state', CASE template WHEN 'place_offered' THEN 'offered' ELSE 'expired' END,
               'expires_at', about ->> 'expires_at'), sent_at
    FROM messages WHERE concerns LIKE 'waiting-list/%' AND status = 'sent'
    ORDER BY about ->> 'work_group_id', recipient_ref, sent_at DESC
"""
APPLICATIONS = """
    INSERT INTO told_items (concerns, teacher_id, item, facts, told_at)
    SELECT DISTINCT ON (concerns, recipient_ref)
           'work-groups/' || (about ->> 'work_group_id'), recipient_ref::uuid,
           'application:' || replace(concerns, 'applications/', ''),
           jsonb_build_object('state', replace(template, 'application_', '')), sent_at
    FROM messages WHERE concerns LIKE 'applications/%' AND status = 'sent'
    ORDER BY concerns, recipient_ref, sent_at DESC
"""
VISITS = """
    INSERT INTO told_items (concerns, teacher_id, item, facts, told_at)
    SELECT DISTINCT ON (concerns, recipient_ref) concerns, recipient_ref::uuid, 'visit',
           jsonb_build_object('state', 'planned', 'starts_at', about ->> 'planned_at'), sent_at
    FROM messages WHERE template = 'visit_planned' AND status = 'sent'
    ORDER BY concerns, recipient_ref, sent_at DESC
"""
# The data with which a sent message can be sent again; failed messages are decided again.
REPEATABLE = f"""
    UPDATE messages m SET about = about || jsonb_build_object('items', coalesce((
        SELECT jsonb_object_agg('session:' || s.session_id, {SESSION})
        FROM group_sessions s WHERE m.about -> 'session_ids' ? s.session_id::text
    ), '{{}}') || CASE
        WHEN about ? 'expires_at'
        THEN jsonb_build_object('waiting', jsonb_build_object('expires_at', about ->> 'expires_at'))
        WHEN template = 'participant_completed'
        THEN jsonb_build_object('place', jsonb_build_object(
            'enrolment_id', replace(concerns, 'enrolments/', ''), 'state', 'completed'))
        ELSE '{{}}' END)
    WHERE status = 'sent' OR resend_of IS NOT NULL
"""  # noqa: S608 - made of constants


def _store_sent_items() -> None:
    """Store the places, sessions, offers, applications and entries of messages that were sent.

    A participant counts as notified of a session's current version, unless a message about it is still due:
    that message is decided again.
    """
    learnt = (WAITING, APPLIED, DECIDED, PLANNED)
    for statement in (*learnt, PLACES, SESSIONS, ENTRIES, OFFERS, APPLICATIONS, VISITS, REPEATABLE):
        op.execute(statement)


def _decide_due_messages_again() -> None:
    """Keep one due message for each thread; its content is decided at sending."""
    op.execute(
        """
        UPDATE messages
        SET status = 'due', claim = NULL, claimed_until = NULL, handed_over = false,
            uncertain = uncertain + handed_over::integer
        WHERE status = 'sending';
        UPDATE messages SET item = 'resend:' || id WHERE resend_of IS NOT NULL;
        UPDATE messages SET concerns = 'work-groups/' || (about ->> 'work_group_id')
        WHERE about ? 'work_group_id';
        UPDATE messages m SET status = 'suppressed', reason = 'merged'
        WHERE status = 'due' AND EXISTS (
            SELECT FROM messages other
            WHERE other.status = 'due' AND other.concerns = m.concerns AND other.item = m.item
            AND other.recipient_ref = m.recipient_ref AND (other.due_at, other.id) < (m.due_at, m.id))
        """
    )
    op.drop_index("ix_messages_concerns", "messages")
    op.create_index(
        "uq_messages_one_due",
        "messages",
        ["concerns", "recipient_ref", "item"],
        unique=True,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index("ix_messages_recipient", "messages", ["concerns", "recipient_ref"])
