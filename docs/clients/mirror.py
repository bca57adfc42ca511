"""A copy of every observation, in step with the service whatever is killed when: python mirror.py http://… mirror.db"""

import json
import sqlite3
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

FEED = f"{sys.argv[1]}/api/v1/changes?limit=1000&type=observation.created&type=observation.revised&type=observation.withdrawn"
copy = sqlite3.connect(sys.argv[2], isolation_level=None)
copy.execute("CREATE TABLE IF NOT EXISTS cell (id PRIMARY KEY, data)")
copy.execute("CREATE TABLE IF NOT EXISTS place (cursor)")

while True:
    place = copy.execute("SELECT cursor FROM place").fetchone()
    try:
        with urlopen(f"{FEED}&cursor={place[0]}" if place else FEED, timeout=10) as answer:
            page = json.loads(answer.read(), parse_float=str)  # 84.39 stays 84.39, digit for digit
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError) and error.code == 410:  # the service was restored: begin again
            copy.executescript("BEGIN; DELETE FROM cell; DELETE FROM place; COMMIT")
        time.sleep(0.2)
        continue
    copy.execute("BEGIN")  # the changes and the place behind them: both or neither
    cells = [(c["subject"], json.dumps(c["data"], sort_keys=True)) for c in page["data"]]
    copy.executemany("INSERT OR REPLACE INTO cell VALUES (?, ?)", cells)
    copy.execute("DELETE FROM place")
    copy.execute("INSERT INTO place VALUES (?)", [page["cursor"]])
    copy.execute("COMMIT")
    if page["next"] is None:
        time.sleep(0.2)
