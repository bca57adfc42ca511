"""Ways out: downloads and other people's dialects, read only, each one consistent look at the ledger."""
