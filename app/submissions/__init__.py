"""Submissions: what a ward system sends and what became of each row.

All or nothing by default. A receipt is kept for its sender; another ward's does not exist for it.
"""
