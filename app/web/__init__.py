"""HTTP manners, no feature known: strict JSON in, exact JSON out, problem documents, cached answers, paging."""
