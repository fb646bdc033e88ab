"""The command that describes the hub: name, lead school, area, and the contact of its invented office."""

from hub_demo.cast import CONNECTED, Cast
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear

HUB = "/enrolment/v1/hub"


def describe_hub(year: SchoolYear, cast: Cast) -> Command:
    """Return the command for the year's first working day, after the import of the register."""
    return Command(
        key="hub",
        at=moment(year.opening_days[0], 6, 45),
        service="enrolment",
        method="PUT",
        path=HUB,
        body={
            "id": "cambridge",
            "name": "Cambridge Maths Hub",
            "lead_school_urn": cast.core[0],
            "area_la_codes": list(CONNECTED),
            "contact_name": "Maths Hub office",
            "contact_email": "office@maths-hub.example",
            "contact_telephone": "01632 960123",  # reserved by Ofcom for fiction
            "privacy_notice": "https://maths-hub.example/privacy",
        },
        lane="hub",
        match="*",
        look=HUB,  # a hub with a description keeps it
        after=("import/september",),
    )
