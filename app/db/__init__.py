"""SQLite and PostgreSQL, and all they differ in: engines, sessions, exact types, migrations, the numbered log's tables.

A read session is one consistent look at one `seq`. A write session is one transaction with at most one new `seq`.
"""
