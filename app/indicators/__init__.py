"""The registry: indicators with their versions, targets, and the documents and clauses they come from.

The rule sits on the indicator. A definition is never changed in place: each change is a version that applies to periods
whose last day is on or after its `valid_from`.
"""
