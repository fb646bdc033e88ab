"""Parts of invented names of places, trusts and people.

Place names and family names combine two parts that no real school name in GIAS combines; a test compares the
result with the national file where it is available.
"""

from typing import Final


def _words(text: str, between: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(between))


PLACE_HEADS: Final = _words(
    "Brackle Corvan Dunnick Elvar Fennick Garrow Hollin Ivern Jessen Kelder Larkin Merrin Nethel Orrin "
    "Pellin Quarren Rushen Sedden Tansel Ulvern Vennor Yarrel Ambrin Bessel Caldrin Dorrel Eskin "
    "Farrel Gunnel Haddrin Ickel Kerrin Lorren Mossel Norrin Oskel Perrin Rannel Sorrin"
)
PLACE_TAILS: Final = _words(
    "wick mere holt stow lode fen drove thorpe well brook "
    "hythe marsh croft reach bridge worth ham ley toft sedge"
)

FAMILY_HEADS: Final = _words(
    "Alder Birch Copper Dove Elder Fern Gorse Hazel Iris Juniper Kestrel Larch Maple Nettle Osier Plover "
    "Quill Rowan"
)
FAMILY_TAILS: Final = _words("drift glade harrow lark mead row swain vane wend thorn")

GIVEN_NAMES: Final = _words(
    "Aisha Alan Amara Anika Arjun Beatrix Bilal Bronwen Callum Carys Chidi Clara Daniel Deepa Dorota Edith "
    "Efua Elin Ewan Farah Femi Freya Gareth Grace Hamza Hana Harriet Ines Isaac Ivo Jamila Joanna Kamil "
    "Keira Kofi Leila Lewis Magda Marcus Meera Miriam Nadia Ngozi Nia Omar Oscar Owen Parveen Petra Priya "
    "Rafael Rhys Rosa Ruth Samir Seren Shauna Tariq Thea Tomasz Uma Victor Wanda Yusuf Zofia"
)

# One has an accent, which shows a wrong encoding at once.
FIRST_TRUSTS: Final = (
    "Lumière Fen Learning Trust",
    "Nine Lodes Academies Trust",
    "Heron Reach Schools Trust",
    "Windpump Partnership Trust",
    "Saffron Drove Academies Trust",
    "Long Furrow Education Trust",
)
TRUST_HEADS: Final = _words(
    "Amberlode Bittern Causeway Dykeside Eelcatcher Fenlight Greylag Haywain Inkwell Jackdaw Kingcup "
    "Lapwing Millrace Northdrove Oxlip Peatland Quillwort Reedmace Sallow Teasel Undersky Velvetwing "
    "Washland Yellowhammer Barleymow Chequertree Duckboard Eyot Flintway Goldcrest Hornbeam Ironstone"
)
TRUST_TAILS: Final = ("Learning Trust", "Academies Trust", "Schools Partnership")

STREETS: Final = _words(
    "Drove Lane|Mill Road|Back Fen Lane|Church Walk|Lode Way|Old Station Road|The Green|Orchard Row", "|"
)
