"""The effects of events forged at an earlier release are removed, and the figures are right again."""

from uuid import uuid4

from tests.hubctl.conftest import WHY, hubctl
from tests.security.attacking import envelope, leader, school
from tests.security.believing import Hub, replay

from hub_messaging.envelope import HIGHEST_REVISION


def test_a_rebuild_works_again_once_forgeries_are_dropped(believing: Hub) -> None:
    """Three appointments that were never made, one of them under the id of a true one.

    Before: a rebuild refused, "History does not hold 2 events that have taken effect", and nothing helped.
    """
    ada, emmy = uuid4(), uuid4()
    true = believing.record(school("110001"), school("110002"), leader(ada), leader(emmy, "110002"))
    stolen = envelope(leader(uuid4()), id=true[3].id)
    highest = envelope(leader(ada, "110002"), HIGHEST_REVISION)
    believing.receive(*true[:3], stolen, envelope(leader(uuid4())), highest, true[3])
    wrong = believing.leaders()
    assert "2 events that the inbox remembers" in replay().out

    listed = hubctl("parked", "forged", "--json").json
    assert (listed["total"], listed["hidden"]) == (3, 1)
    dropped = hubctl("parked", "forged", "--drop", *WHY)
    assert "reporting: 3 dropped. Rebuild its read models: hubctl replay reporting." in dropped.out
    assert replay().code == 0
    assert (wrong, believing.leaders()) == (3, 2)
    assert hubctl("parked", "forged").code == 1
