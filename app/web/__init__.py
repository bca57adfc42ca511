"""HTTP manners, no feature known: strict JSON in, exact JSON out, problem documents, tagged and cached answers, paging."""
