"""Codecs: rows to bytes and back, in other people's formats. Nothing here knows a feature, a database or HTTP."""
