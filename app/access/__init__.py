"""Who is calling (API keys), what they may (scopes, areas), what they did (the audited log)."""
