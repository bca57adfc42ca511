"""Dated places: wards, communes, the city; what they were, are and became.

An area is a place during a span of time, so neither its code nor its name is a key: `area.id` is
`<code>-<YYYYMM of valid_from>` and never changes. Versions are appended, never updated.
"""
