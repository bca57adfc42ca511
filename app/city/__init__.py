"""The city's figures and what can be asked of them: how they came about, what changed, where they lead; reads only.

Loading is one concern (`facts`), the rules another (`app.core`), rows a third (`rows`).
"""
