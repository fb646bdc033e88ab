"""Where a session meets: its own venue and joining link, or its group's."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_contracts.vocabulary import MeetingMode
from hub_enrolment.domain.venues import LONGEST_LINK, NOWHERE, Location, check_joining_link, location
from hub_kernel.refusals import Refused

LINK = "https://meet.example/1"
GROUP, OWN = Location("Ely", LINK), Location("The main hall", "https://meet.example/own")
VENUES, LINKS = st.sampled_from([None, "Ely", "Linton"]), st.sampled_from([None, LINK, OWN.joining_link])
LOCATIONS = st.builds(Location, VENUES, LINKS)


@pytest.mark.parametrize(
    ("mode", "host_urn", "own", "expected"),
    [
        ("in_person", None, NOWHERE, Location("Ely", None)),
        ("online", None, NOWHERE, Location(None, LINK)),
        ("school_hosted", "110623", NOWHERE, NOWHERE),
        ("in_person", "110623", NOWHERE, NOWHERE),
        ("in_person", None, Location("The main hall"), Location("The main hall", None)),
        ("online", None, Location("The main hall"), Location("The main hall", LINK)),
        ("in_person", None, Location(None, LINK), Location("Ely", LINK)),
        ("school_hosted", "110623", OWN, OWN),
        ("online", None, OWN, OWN),
    ],
)
def test_the_groups_location_holds_where_it_fits_the_mode(
    mode: str, host_urn: str | None, own: Location, expected: Location
) -> None:
    assert location(mode, host_urn, own, GROUP) == expected


@given(
    mode=st.sampled_from(MeetingMode),
    host_urn=st.sampled_from([None, "110623"]),
    own=LOCATIONS,
    of_group=LOCATIONS,
)
def test_each_value_is_the_sessions_own_or_else_the_groups_or_none(
    mode: str, host_urn: str | None, own: Location, of_group: Location
) -> None:
    found = location(mode, host_urn, own, of_group)
    assert found.venue == own.venue if own.venue else found.venue in {None, of_group.venue}
    assert found.joining_link == own.joining_link if own.joining_link else True
    assert found.joining_link in {None, own.joining_link, of_group.joining_link}
    assert location(mode, host_urn, found, of_group) == found


@pytest.mark.parametrize(
    "link",
    [
        None,
        LINK,
        "HTTPS://MEET.EXAMPLE",
        "https://meet.example:8443/j/1?pwd=a%20b&x=[1]#start",
        "https://[2001:db8::1]/room",
        "https://meet.example/@ada",
        "https://meet.example/".ljust(LONGEST_LINK - 1, "x"),
        "https://meet.example/".ljust(LONGEST_LINK, "x"),
    ],
)
def test_an_https_address_is_a_joining_link(link: str | None) -> None:
    check_joining_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "meet.example/1",
        "http://meet.example/1",
        "javascript:alert(1)",
        "https:meet.example",
        "https:///1",
        "https://",
        "https://ada@meet.example/1",
        "https://ada:secret@meet.example/1",  # pragma: allowlist secret
        "https://:@meet.example/1",
        "https://meet.example:port/1",
        "https://meet.example:0/1",
        "https://meet.example:65536/1",
        "https://[2001:db8::1/room",
        "https://meet.example/a b",
        "https://meet.example/1\nBcc: ada@school.example",
        "https://meet.example\\@other.example",
        "https://meet.example/<b>",
        'https://meet.example/"1"',
        "https://m\u00e9et.example/1",
        "https://meet.example/\x00",
        "https://meet.example/".ljust(LONGEST_LINK + 1, "x"),
    ],
)
def test_anything_else_is_refused_without_being_repeated(link: str) -> None:
    with pytest.raises(Refused, match="bad_joining_link") as refusal:
        check_joining_link(link)
    assert refusal.value.pointer == "/joining_link"
    assert not link or link not in refusal.value.detail


@given(st.from_regex(r"https?://[ -~]{0,20}", fullmatch=True))
def test_what_passes_is_an_address_of_a_host_alone(link: str) -> None:
    with contextlib.suppress(Refused):
        check_joining_link(link)
        assert link.startswith("https://")
        assert not set(' "<>\\^`{|}') & set(link)
        assert "@" not in re.split("[/?#]", link.removeprefix("https://"))[0]
