#!/bin/sh
# Compare the aggregation of 10 M trips by zone, joined with the zone table, with
# DuckDB: two threads each, warm, in one run. Makes its own Python environment.
#   sh benchmarks/duckdb/compare.sh bin/stagecoach [rows]
set -eu
bin=$1
rows=${2:-10000000}
here=$(dirname "$0")
mkdir -p out
if [ ! -x out/duckdb-env/bin/python ]; then
	python3 -m venv out/duckdb-env
	out/duckdb-env/bin/pip install --quiet -r "$here/requirements.txt"
fi
exec out/duckdb-env/bin/python "$here/compare.py" "$bin" "$rows"
