"""What is sent to the wrong place is not shown back: the secret of a key or of a webhook, in errors and logs."""

import re

_KEY = re.compile(rb"(dxk_[a-z0-9]{1,32}_)[A-Za-z0-9_%~.-]+")

_WEBHOOK = re.compile(rb"(whsec_)[A-Za-z0-9+/=_%-]+")


def without_secrets(shown: bytes) -> bytes:
    """`shown` with every secret in it blotted out; the public part of a key stays, to tell which key it was."""
    if b"dxk_" in shown:
        shown = _KEY.sub(rb"\1[secret]", shown)
    return _WEBHOOK.sub(rb"\1[secret]", shown) if b"whsec_" in shown else shown
