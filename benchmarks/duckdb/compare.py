"""Times the zone-join workload on DuckDB and on stagecoach, in turns, and prints the ratio.

compare.py STAGECOACH ROWS; exit code 1 when stagecoach takes more than 1.5 times as long.
"""
import json
import os
import statistics
import subprocess
import sys
import time

import duckdb

LIMIT = 1.5
ROUNDS, REPEATS = 3, 5

QUERY = """
SELECT z.Borough, z.Zone, count(*) trips, sum(t.total_amount) revenue, avg(t.trip_distance) d
FROM trips t JOIN zones z ON t.PULocationID = z.LocationID
WHERE t.fare_amount > 0 AND t.trip_distance > 0
GROUP BY z.Borough, z.Zone HAVING count(*) >= 100 ORDER BY revenue DESC, z.Zone LIMIT 40
"""


def main():
    binary, rows = sys.argv[1], sys.argv[2]
    root = os.path.join("out", "bench")
    bench = [binary, "bench", "--workload", "zone-join", "--rows", rows, "--data", root, "--out", os.path.join("out", "duckdb")]
    subprocess.run(bench + ["--iterations", "1"], check=True, stdout=subprocess.DEVNULL)  # generates the data

    data = os.path.join(root, rows)
    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute(f"CREATE VIEW trips AS SELECT * FROM read_parquet('{data}/*_tripdata_*.parquet')")
    db.execute(f"CREATE TABLE zones AS SELECT * FROM read_csv('{data}/taxi_zone_lookup.csv')")
    db.execute(QUERY).fetchall()

    theirs, ours = [], []
    for _ in range(ROUNDS):
        for _ in range(REPEATS):
            start = time.perf_counter()
            db.execute(QUERY).fetchall()
            theirs.append(time.perf_counter() - start)
        subprocess.run(bench + ["--iterations", str(REPEATS)], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join("out", "duckdb.json")) as f:
            ours += json.load(f)["results"][0]["seconds"]

    d, s = statistics.median(theirs), statistics.median(ours)
    print(f"{int(rows):,} trips by zone, joined with the zone table; 2 threads, warm, median of {len(ours)}")
    print(f"  DuckDB {duckdb.__version__:8s} {d * 1000:7.0f} ms  [{min(theirs) * 1000:.0f}, {max(theirs) * 1000:.0f}]")
    print(f"  stagecoach      {s * 1000:7.0f} ms  [{min(ours) * 1000:.0f}, {max(ours) * 1000:.0f}]")
    print(f"  ratio           {s / d:7.2f}     (at most {LIMIT})")
    return 0 if s / d <= LIMIT else 1


sys.exit(main())
