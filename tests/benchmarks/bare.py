"""The least that could answer: an ASGI app that compares the tag and sends bytes recorded before."""

import json
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


def bare_app(recorded: Path) -> ASGIApp:
    """`recorded` holds, for each path with its query: the headers and the body of the answer."""
    answers: dict[bytes, tuple[list[tuple[bytes, bytes]], bytes, bytes]] = {}
    for target, answer in json.loads(recorded.read_text()).items():
        headers = [(name.encode(), value.encode("latin-1")) for name, value in answer["headers"].items()]
        answers[target.encode()] = (headers, answer["headers"].get("etag", "").encode(), answer["body"].encode())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        if target == b"/healthz":
            await _send(send, 200, [(b"content-length", b"2")], b"{}")
            return
        headers, tag, body = answers[target]
        if tag and any(name == b"if-none-match" and tag in value for name, value in scope["headers"]):
            # What describes a body goes with it.
            await _send(send, 304, [pair for pair in headers if not pair[0].startswith(b"content-")], b"")
            return
        await _send(send, 200, headers, body)

    return app


async def _send(send: Send, status: int, headers: Any, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
