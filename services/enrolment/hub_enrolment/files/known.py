"""The columns by which the header of a file is found."""

from typing import Final

from hub_enrolment.domain import uploads
from hub_enrolment.files import gias_establishments, gias_groups, gias_links

LIST: Final = frozenset(name.lower() for name in uploads.COLUMNS)
READ_OF_REGISTER: Final = frozenset(
    {
        *gias_establishments.COLUMNS,
        *gias_links.COLUMNS,
        *gias_groups.GROUP_COLUMNS,
        *gias_groups.LINK_COLUMNS,
    }
)
REGISTER: Final = frozenset(name.lower() for name in READ_OF_REGISTER)
