"""Named releases: a moment of the ledger under a name, for ever; any read below `/releases/{name}/` answers as of it.

A release is a promise: it is never changed and never taken back.
"""
