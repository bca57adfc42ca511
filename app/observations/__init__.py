"""Observations: one cell an indicator, area and period, kept as revisions that are never updated in place.

A revision closes the one before (`closed_seq`); the live one has none. A withdrawal is a revision too.
"""
