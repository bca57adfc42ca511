"""The city's figures: snapshot, series, ranking, completeness and progress; reads only.

Loading is one concern (`facts`), the rules another (`app.core`), rows a third (`rows`).
"""
