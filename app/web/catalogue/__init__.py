"""Every problem there is, in Vietnamese and English: status, title, the sentence that says what went wrong, and help.

    transport   the request as such: its JSON, media type, size, parameters, path
    access      who is calling, and what is there for that caller
    values      one value of the wrong kind
    figures     what a ward sends: rows, periods, areas, numbers
    registry    indicators, targets, areas and keys
    area_changes  reorganisations
    initiatives  projects, systems, milestones
    releases    moments under a name
    webhooks    endpoints that changes are pushed to
    dialects    what other people's formats name
    service     what the service cannot do now

A code that stands here nowhere is a KeyError: `tests/web/test_catalogue.py` walks the code and finds it first.
"""

from app.web.catalogue import (
    access,
    area_changes,
    dialects,
    figures,
    initiatives,
    registry,
    releases,
    service,
    transport,
    values,
    webhooks,
)
from app.web.catalogue.entry import Entry, Words

CATALOGUE: dict[str, Entry] = {
    **transport.ENTRIES,
    **access.ENTRIES,
    **values.ENTRIES,
    **figures.ENTRIES,
    **registry.ENTRIES,
    **area_changes.ENTRIES,
    **initiatives.ENTRIES,
    **releases.ENTRIES,
    **webhooks.ENTRIES,
    **dialects.ENTRIES,
    **service.ENTRIES,
}

__all__ = ["CATALOGUE", "Entry", "Words"]
