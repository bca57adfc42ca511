"""Bodies made to cost much: packed ones are refused, and a large one costs only who sent it."""

import asyncio
import gzip

from tests.service import Service
from tests.web.documents import problem_of


def test_a_compressed_body_is_refused_by_name(service: Service):
    answer = service.raw(
        "POST",
        "/api/v1/submissions",
        key=service.ward("14758"),
        content=gzip.compress(b'{"rows": []}'),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )

    document = problem_of(answer, 415, "unsupported-media-type")
    assert document["errors"][0]["header"] == "Content-Encoding"
    assert answer.headers["accept-encoding"] == "identity"


def test_a_large_body_keeps_nobody_else_waiting(service: Service):
    many = b'{"rows": [' + b",".join([b'"x"'] * 1_500_000) + b"]}"
    headers = {"Authorization": f"Bearer {service.ward('14758')}"}

    async def turns_meanwhile() -> int:
        sending = asyncio.create_task(service.client.post("/api/v1/submissions", content=many, headers=headers))
        turns = 0
        while not sending.done():
            await asyncio.sleep(0.001)
            turns += 1
        return turns

    turns = service.runner.run(turns_meanwhile())

    # On the loop itself it would be two or three turns in all.
    assert turns > 20
