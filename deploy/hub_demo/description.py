"""The description of the hub: whose it is, which area it serves, how its invented office is reached."""

from hub_demo.cast import CONNECTED, Cast
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear

HUB = "/enrolment/v1/hub"


def describe_hub(year: SchoolYear, cast: Cast) -> Command:
    """Describe the hub on the year's first working day, once its schools are known."""
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
            "contact_telephone": "01632 960123",  # kept free by Ofcom for made-up people
            "privacy_notice": "https://maths-hub.example/privacy",
        },
        lane="hub",
        match="*",
        look=HUB,  # a hub that is described already stays as it is
        after=("import/september",),
    )
