"""HTTP manners, no feature known: strict JSON in, exact JSON out, problem documents, tags and kept answers, paging."""
