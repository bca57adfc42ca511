"""Finding the area that a request means: by id, or by a code that a date makes clear."""

import unicodedata
from datetime import date
from difflib import get_close_matches

from app.core.entities import Area
from app.core.errors import refuse
from app.core.registry import View

# The city of the plan: what is meant where no other is named.
CITY_CODE = "380"


def folded(text: str) -> str:
    """Text as searches compare it: NFC and NFD alike, no marks, đ as d, no case."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def resolve_area(view: View, named: str, day: date | None, **where: str | None) -> Area:
    """The area named by id or bare code; among places of one code the one valid on `day`.

    The caller checks whether the place was valid then. Raises `unknown-area`, or `area-code-ambiguous` (400) for a code
    of several places without a day that tells them apart. `where` names the place of the fault.
    """
    area = view.area(named, day)
    if area is not None:
        return area
    places = view.areas_of_code(named)
    if not places:
        raise refuse("unknown-area", given=named, hint=_nearest(view, named), **where)
    if len(places) > 1:
        valid = [a for a in places if day is not None and a.valid_on(day)]
        if len(valid) != 1:
            ids = ", ".join(sorted(a.id for a in places))
            raise refuse("area-code-ambiguous", given=named, expected=ids, **where)
        places = valid
    return view.area(places[0].id, day) or places[0]


def _nearest(view: View, named: str) -> str | None:
    """The place whose code or name was meant, as `code name`."""
    asked = folded(named)
    names = {folded(place.name_vi): place for place in view.places()}
    names |= {folded(place.name_vi).partition(" ")[2]: place for place in view.places()}
    codes = {place.code: place for place in view.places()}
    for known, cutoff in ((names, 0.7), (codes, 0.75)):
        found = get_close_matches(asked, list(known), n=1, cutoff=cutoff)
        if found:
            return f"{known[found[0]].code} {known[found[0]].name_vi}"
    return None
