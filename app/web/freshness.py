"""`min_seq`: the least change an answer must know. Who wrote, at any server, names the seq that he was given."""

from urllib.parse import unquote_plus

from starlette.types import Scope

from app.core.errors import Fault, Problem, refuse
from app.db.points import Point

MIN_SEQ = "min_seq"
_NAME = MIN_SEQ.encode()


def check_min_seq(scope: Scope, point: Point) -> None:
    """Take `min_seq` out of the request: an answer that knows enough does not depend on it.

    Raises `invalid-parameter`, `min-seq-in-future` (422), `replica-behind` (503) while the primary is out of reach.
    """
    query: bytes = scope["query_string"]
    # Percent-encoded, a name may be written otherwise.
    if _NAME not in query and b"%" not in query:
        return
    sent = _taken(scope)
    faults = [Fault(code="parameter-repeated", parameter=MIN_SEQ, given=more) for more in sent[1:]]
    faults += [Fault(code="not-an-integer", parameter=MIN_SEQ, given=one) for one in sent if not _is_seq(one)]
    if faults:
        raise Problem("invalid-parameter", *faults)
    needed = int(sent[0]) if sent else 0
    if needed <= point.seq:
        return
    point.await_primary(needed, parameter=MIN_SEQ)
    raise refuse("min-seq-in-future", parameter=MIN_SEQ, given=needed, expected=f"0…{point.seq}")


def _is_seq(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _taken(scope: Scope) -> list[str]:
    """What `min_seq` was given, taken out of the query; everything else stays byte for byte."""
    pieces = [(piece, *str(piece, "latin-1").partition("=")) for piece in scope["query_string"].split(b"&")]
    found = [unquote_plus(value) for _, key, _, value in pieces if unquote_plus(key) == MIN_SEQ]
    if found:
        scope["query_string"] = b"&".join(piece for piece, key, _, _ in pieces if unquote_plus(key) != MIN_SEQ)
    return found
