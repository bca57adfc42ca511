"""The rules of the numbers, pure: no database, no HTTP, no clock."""
