"""The read models of schools, work groups, visits and messages, and how far reading has come."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from hub_messaging import migrations as messaging
from hub_platform import idempotency
from hub_platform.database import UtcDateTime

revision = "0001_first_tables"
down_revision = None

SCHOOLS = ("schools", "closures", "successions", "connections", "teachers", "leader_posts")
GROUPS = (
    "work_groups",
    "group_states",
    "schools_on_groups",
    "places",
    "withdrawals",
    "sessions",
    "registers",
    "marks",
)
VISITS = (
    "assignments",
    "obligations",
    "exemptions",
    "planned_visits",
    "cancelled_visits",
    "logged_visits",
    "department_pds",
)


def upgrade() -> None:
    messaging.create_v1()
    idempotency.create_v1()
    _schools()
    _people()
    _groups()
    _places()
    _sessions()
    _support()
    _visits()
    _messages()
    _sources()


def downgrade() -> None:
    for table in ("sources", "messages", *VISITS, *GROUPS, *SCHOOLS):
        op.drop_table(table)
    idempotency.metadata.drop_all(op.get_bind())
    messaging.drop_v1()


# Any: the type of a key's values differs by column.
def _table(
    name: str, key: Mapping[str, type[sa.types.TypeEngine[Any]]], *columns: sa.schema.SchemaItem
) -> None:
    """A read model: hub and key, what is known, and the revision at which it was said."""
    op.create_table(
        name,
        sa.Column("hub", sa.Text, primary_key=True),
        *(sa.Column(column, type_, primary_key=True) for column, type_ in key.items()),
        *columns,
        sa.Column("revision", sa.Integer, nullable=False),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _day(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date, nullable=False)


def _id(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid, nullable=False)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=False)


def _schools() -> None:
    _table(
        "schools",
        {"urn": sa.Text},
        *map(_text, ("name", "la_code", "la_name")),
        sa.Column("district_code", sa.Text),
        sa.Column("district_name", sa.Text),
        _text("phase"),
        _number("type_code"),
        _flag("eligible"),
        _text("status"),
        sa.Column("trust_uid", sa.Text),
        sa.Column("trust_name", sa.Text),
        sa.Column("easting", sa.Integer),
        sa.Column("northing", sa.Integer),
        sa.Column("pupils", sa.Integer),
        sa.Column("fsm_percent", sa.Float),
        sa.Column("opened_on", sa.Date),
        sa.Column("closed_on", sa.Date),
    )
    _table("closures", {"urn": sa.Text}, sa.Column("closed_on", sa.Date), sa.Column("successor_urn", sa.Text))
    _table(
        "successions",
        {"urn": sa.Text},
        *map(_text, ("successor_urn", "link_type")),
        sa.Column("established_on", sa.Date),
    )
    _table("connections", {"urn": sa.Text}, _day("connected_on"), _text("via"))


def _people() -> None:
    _table("teachers", {"teacher_id": sa.Uuid}, *map(_text, ("urn", "role")))
    _table(
        "leader_posts",
        {"leader_role_id": sa.Uuid},
        _id("teacher_id"),
        *map(_text, ("role", "urn")),
        sa.Column("trust_uid", sa.Text),
        _flag("core_leadership"),
        _day("starts_on"),
        sa.Column("ends_on", sa.Date),
        sa.Index(None, "hub", "teacher_id"),
    )


def _groups() -> None:
    _table(
        "work_groups",
        {"work_group_id": sa.Uuid},
        _text("title"),
        sa.Column("ncp_code", sa.Text),
        *map(_text, ("academic_year", "strand")),
        sa.Column("phases", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("lead_ids", sa.ARRAY(sa.Uuid), nullable=False),
        *map(_number, ("capacity", "min_schools", "min_teachers", "max_teachers")),
        *map(_instant, ("opens_at", "closes_at")),
        sa.Index(None, "hub", "academic_year"),
    )
    _table(
        "group_states",
        {"work_group_id": sa.Uuid},
        _text("state"),
        *map(_number, ("teachers_n", "schools_n")),
        _flag("overridden"),
        _instant("said_at"),
    )
    _table(
        "schools_on_groups",
        {"work_group_id": sa.Uuid, "urn": sa.Text},
        _text("academic_year"),
        _number("lead_participants_n"),
    )


def _places() -> None:
    _table(
        "places",
        {"enrolment_id": sa.Uuid},
        *map(_id, ("work_group_id", "teacher_id")),
        *map(_text, ("urn", "role")),
        _day("enrolled_on"),
        sa.Index(None, "hub", "work_group_id"),
    )
    _table("withdrawals", {"enrolment_id": sa.Uuid}, _text("reason"), _day("withdrawn_on"))


def _sessions() -> None:
    _table(
        "sessions",
        {"session_id": sa.Uuid},
        _id("work_group_id"),
        _number("seq"),
        *map(_instant, ("starts_at", "ends_at")),
        _text("mode"),
        sa.Column("host_urn", sa.Text),
        sa.Index(None, "hub", "work_group_id"),
    )
    _table(
        "registers",
        {"session_id": sa.Uuid},
        _id("work_group_id"),
        _day("held_on"),
        *map(_number, ("present_n", "schools_present_n")),
        sa.Index(None, "hub", "held_on"),
        sa.Index(None, "hub", "work_group_id"),
    )
    _table("marks", {"session_id": sa.Uuid, "enrolment_id": sa.Uuid}, *map(_text, ("urn", "mark")))


def _support() -> None:
    _table(
        "assignments",
        {"assignment_id": sa.Uuid},
        _text("urn"),
        _id("pd_lead_id"),
        _text("programme"),
        _day("starts_on"),
    )
    _table(
        "obligations",
        {"assignment_id": sa.Uuid, "half_term": sa.Text, "kind": sa.Text},
        _text("urn"),
        *map(_day, ("starts_on", "ends_on")),
        sa.Index(None, "hub", "starts_on", "ends_on"),
    )
    _table("exemptions", {"urn": sa.Text, "half_term": sa.Text, "kind": sa.Text}, _text("reason"))


def _visits() -> None:
    _table(
        "planned_visits",
        {"visit_id": sa.Uuid},
        _id("assignment_id"),
        _text("urn"),
        _id("pd_lead_id"),
        _instant("planned_at"),
        _text("kind"),
        sa.Column("half_term", sa.Text),
        sa.Index(None, "hub", "half_term"),
    )
    _table("cancelled_visits", {"visit_id": sa.Uuid}, _text("reason"))
    _table(
        "logged_visits",
        {"visit_id": sa.Uuid},
        _id("assignment_id"),
        _text("urn"),
        _id("pd_lead_id"),
        _day("happened_on"),
        sa.Column("half_term", sa.Text),
        _text("kind"),
        _number("half_days"),
        sa.Column("focus", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("people_met_roles", sa.ARRAY(sa.Text), nullable=False),
        _number("actions_n"),
        *map(_flag, ("late", "out_of_term")),
        sa.Index(None, "hub", "happened_on"),
        sa.Index(None, "hub", "half_term"),
    )
    _table(
        "department_pds",
        {"visit_id": sa.Uuid},
        _text("urn"),
        sa.Column("half_term", sa.Text),
        _day("held_on"),
        *map(_number, ("staff_present", "department_size")),
        sa.Index(None, "hub", "held_on"),
    )


def _messages() -> None:
    _table(
        "messages",
        {"message_id": sa.Uuid},
        *map(_text, ("template", "status")),
        sa.Column("reason", sa.Text),
        sa.Index(None, "hub", "status"),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("source", sa.Text, primary_key=True),
        _text("hub"),
        sa.Column("events", sa.BigInteger, nullable=False),
        _instant("up_to"),
        _instant("projected_at"),
    )
