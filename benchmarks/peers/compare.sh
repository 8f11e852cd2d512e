#!/bin/sh
# Run the taxi suite on the engine, DuckDB, Polars and, with SPARK=1, Spark: two
# threads each, warm, query by query in turns, so that all see the same machine.
#   sh benchmarks/peers/compare.sh BASELINES [rows] [runs]
# BASELINES is the folder with run_suite.py, make_taxi.py and suite/. QUERIES,
# CONF (of the engine) and MEMORY (of DuckDB) narrow it down. Makes its own
# Python environment below out/.
set -eu
baselines=$1 rows=${2:-20000000} runs=${3:-3}
here=$(dirname "$0") env=out/peers-env data=out/peers-$rows results=out/peers.jsonl
mkdir -p out
if [ ! -x $env/bin/python ]; then
	python3 -m venv $env
	$env/bin/pip install --quiet -r "$here/requirements.txt"
fi
[ -f "$data/manifest.json" ] || $env/bin/python "$baselines/make_taxi.py" --taxi "$baselines/../taxi" --out "$data" --rows "$rows"
go build -o bin/peers ./benchmarks/peers
rm -f $results
for q in ${QUERIES:-01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20}; do
	q=S${q#S}
	suite() {
		$env/bin/python "$baselines/run_suite.py" --data "$data" --out out/peers-written --results $results --queries "$q" --runs "$runs" "$@" >/dev/null ||
			echo "$q failed on $*" >&2
	}
	suite --engine duckdb --label duckdb ${MEMORY:+--memory-limit "$MEMORY"}
	bin/peers run --suite "$baselines/suite" --data "$data" --out out/peers-written --results $results --queries "$q" --runs "$runs" ${CONF:+--conf "$CONF"}
	[ -n "${MEMORY:-}" ] || suite --engine polars --label polars
	[ -z "${SPARK:-}" ] || suite --engine spark --label spark --conf spark.sql.ansi.enabled=false
done
bin/peers report $results | tee out/peers.md
