"""Where the service is reached: formats that hold links hold whole ones.

The address is a setting: one made of the `Host` that somebody sent would be kept, and shown to others.
"""

from typing import Annotated

from fastapi import Depends, Request


async def _address(request: Request) -> str:
    found: str = request.app.state.address
    return found


async def _here(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.app.state.address}{request.url.path}{query}"


Address = Annotated[str, Depends(_address)]
"""The service's address, without a path."""
Here = Annotated[str, Depends(_here)]
"""The address of what was asked for."""
