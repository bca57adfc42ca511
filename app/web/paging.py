"""Lists: `{"data": [...], "next": cursor|null, "seq": n}`, keyset cursors signed and pinned to a seq, sort, fields."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key, lru_cache
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request

from app.core.errors import Fault, Problem, refuse
from app.core.places import folded
from app.db.session import ReadSession
from app.web.negotiation import nearest
from app.web.sealed import opened, sealed

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
_PURPOSE = b"cursor"

Key = list[Any]


@dataclass(frozen=True, slots=True)
class Paging:
    """What a caller asked of a list. `fingerprint` stands for everything but cursor and limit."""

    limit: int
    cursor: str | None
    fields: tuple[str, ...]
    sort: tuple[tuple[str, bool], ...]
    count: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a cursor stands: the seq its pages are pinned to and the sort key of the last row given."""

    seq: int
    key: Key


Fields = Annotated[str | None, Query(description="Only these members of each row, comma-separated.")]


async def paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before; pages are pinned to its seq.")] = None,
    fields: Fields = None,
    sort: Annotated[
        str | None, Query(description="Members to sort by, comma-separated; a minus sign turns the order round.")
    ] = None,
    count: Annotated[Literal["exact"] | None, Query(description="`exact` adds the number of all rows.")] = None,
) -> Paging:
    others = sorted((k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "limit"))
    return Paging(
        limit,
        cursor,
        names_in(fields),
        tuple((name.lstrip("-"), name.startswith("-")) for name in (sort or "").split(",") if name),
        count is not None,
        hashlib.blake2b(repr((request.url.path, others)).encode(), digest_size=8).hexdigest(),
    )


Page = Annotated[Paging, Depends(paging)]


def names_in(fields: str | None) -> tuple[str, ...]:
    """The names of a comma-separated list, each once."""
    return tuple(dict.fromkeys(name for name in (fields or "").split(",") if name))


def position(page: Paging, secret: bytes) -> Position | None:
    """Where the cursor stands; None without one.

    Raises `cursor-invalid` (400) when it is broken, signed by somebody else or of another query.
    """
    if page.cursor is None:
        return None
    try:
        fingerprint, seq, key = opened(page.cursor, tuple[str, int, Key], _PURPOSE, secret)
    except ValueError:
        raise refuse("cursor-invalid", parameter="cursor", given=page.cursor) from None
    if fingerprint != page.fingerprint:
        raise refuse("cursor-invalid", parameter="cursor", given=page.cursor)
    return Position(seq, key)


def cursor_at(page: Paging, secret: bytes, at: Position) -> str:
    return sealed((page.fingerprint, at.seq, at.key), _PURPOSE, secret)


def check_sort(
    page: Paging, known: Sequence[str], default: tuple[tuple[str, bool], ...]
) -> tuple[tuple[str, bool], ...]:
    """The order asked for, or the default; the default's own keys come last so that every order is total.

    Raises `unknown-sort-key` (400).
    """
    for name, _ in page.sort:
        if name not in known:
            raise refuse(
                "unknown-sort-key",
                parameter="sort",
                given=name,
                expected=", ".join(known) or None,
                hint=nearest(name, list(known)),
            )
    asked = [name for name, _ in page.sort]
    return page.sort + tuple(d for d in default if d[0] not in asked)


def feed_gone(given: int, oldest: int, newest: int, start: str) -> Problem:
    """A feed asked from where it cannot go on: 410, with `start`, the way to start over."""
    fault = Fault(
        code="feed-cursor-gone", parameter="after", given=given, expected=f"{oldest - 1}…{newest}", hint=start
    )
    return Problem("feed-cursor-gone", fault, headers={"Link": f'<{start}>; rel="start"'})


def chosen(fields: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    """The members asked for, or all there are. Raises `unknown-field` (400)."""
    for name in fields:
        if name not in known:
            raise refuse(
                "unknown-field",
                parameter="fields",
                given=name,
                expected=", ".join(known),
                hint=nearest(name, list(known)),
            )
    return fields or known


def trimmed(rows: Sequence[dict[str, Any]], fields: Sequence[str], known: Sequence[str]) -> Sequence[dict[str, Any]]:
    """Rows with only the members asked for, whole where none is. Raises `unknown-field` (400)."""
    if not fields:
        return rows
    names = chosen(fields, known)
    return [{name: row[name] for name in names} for row in rows]


def listed(
    data: Sequence[Any], *, seq: int, next: str | int | None, count: int | None = None, **more: Any
) -> dict[str, Any]:
    shown: dict[str, Any] = {"data": data, "next": next, "seq": seq, **more}
    if count is not None:
        shown["count"] = count
    return shown


def unpaged(
    rows: Sequence[dict[str, Any]], fields: str | None, known: Sequence[str], *, seq: int, **more: Any
) -> dict[str, Any]:
    """A list that comes whole, its rows with only the members asked for. Raises `unknown-field` (400)."""
    return listed(trimmed(rows, names_in(fields), known), seq=seq, next=None, **more)


def moments(earlier: ReadSession, later: ReadSession) -> dict[str, Any]:
    """The two moments of a comparison, as they were understood."""
    named = {"from": earlier, "to": later}
    return {name: {"seq": at.as_of, "today": at.today.isoformat()} for name, at in named.items()}


def page_of(
    rows: Iterable[dict[str, Any]],
    page: Paging,
    *,
    secret: bytes,
    seq: int,
    sort_keys: Sequence[str],
    default: str,
    fields: Sequence[str],
    show: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One page of a list that is small enough to hold (the registry).

    `default` is the member that is unique; null sorts first. `seq` is the one the rows were read at, which the caller
    took from the cursor.
    """
    order = check_sort(page, sort_keys, ((default, False),))

    def key(row: dict[str, Any]) -> Key:
        return [row[name] for name, _ in order]

    def compare(a: dict[str, Any], b: dict[str, Any]) -> int:
        return _compare(key(a), key(b), order)

    every = sorted(rows, key=cmp_to_key(compare))
    at = position(page, secret)
    after = [r for r in every if at is None or _compare(key(r), at.key, order) > 0]
    shown = after[: page.limit]
    more = len(after) > page.limit
    last = _plain(key(shown[-1])) if more else []
    views = [show(r) for r in shown] if show else shown
    return listed(
        trimmed(views, page.fields, fields),
        seq=seq,
        next=cursor_at(page, secret, Position(seq, last)) if more else None,
        count=len(every) if page.count else None,
    )


def _plain(key: Key) -> Key:
    return [k if isinstance(k, str | int | bool | Decimal | type(None)) else str(k) for k in key]


def _compare(left: Key, right: Key, order: tuple[tuple[str, bool], ...]) -> int:
    for x, y, (_, down) in zip(_plain(left), _plain(right), order, strict=True):
        # A cursor carries a decimal as text.
        a, b = (Decimal(x), Decimal(y)) if {type(x), type(y)} == {str, Decimal} else (x, y)
        if a != b:
            less = a is None or (b is not None and _rank(a) < _rank(b))
            return (1 if less else -1) if down else (-1 if less else 1)
    return 0


def _rank(value: Any) -> Any:
    """What a value is ordered by: names as they are looked up, so that Đông stands between Dinh and Dương."""
    return _folded(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _folded(text: str) -> tuple[str, str]:
    return folded(text), text
