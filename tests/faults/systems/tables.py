"""The tables of every system under test, and the few statements on them, the same for all three.

Publisher: what is wanted of it, and one row for each command that it carried out. Consumer: one row each time
that an event took effect, and the subjects that its handler refuses just now.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

wanted = sa.Table(
    "wanted",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("commands", sa.Integer, nullable=False),  # how many are to have been carried out
    sa.Column("per_second", sa.Float, nullable=False),  # by each replica; 0 is as fast as it can
)
subjects = sa.Table(
    "subjects",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
)
effects = sa.Table(
    "effects",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(), primary_key=True, info={"volatile": True}),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
)
refused = sa.Table(
    "refused",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("for_good", sa.Boolean, nullable=False),
)

READ_WANTED = sa.text("SELECT commands, per_second FROM wanted")
LAST_OF_SHARE = sa.text("SELECT max(n) FROM changes WHERE n % :replicas = :replica")
# The row lock on the subject makes the revisions of one subject follow the order of the commits.
ACCEPT = sa.text(
    """
    WITH numbered AS (
      INSERT INTO subjects (subject, revision) VALUES (:subject, 1)
      ON CONFLICT (subject) DO UPDATE SET revision = subjects.revision + 1
      RETURNING revision
    )
    INSERT INTO changes (n, event_id, subject, revision)
    SELECT :n, :event_id, :subject, revision FROM numbered
    RETURNING revision
    """
)
NOTE_EFFECT = sa.text(
    "INSERT INTO effects (event_id, subject, revision) VALUES (:event_id, :subject, :revision)"
)
IS_REFUSED = sa.text("SELECT for_good FROM refused WHERE subject = :subject")
