"""What is sent to the wrong place is not shown back: the secret of a key, in errors and logs."""

import re

_KEY = re.compile(rb"(dxk_[a-z0-9]{1,32}_)[A-Za-z0-9_%~.-]+")


def without_secrets(shown: bytes) -> bytes:
    """`shown` with the secret part of every key in it blotted out; its public part stays, to tell which key it was."""
    return _KEY.sub(rb"\1[secret]", shown) if b"dxk_" in shown else shown
