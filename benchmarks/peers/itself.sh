#!/bin/sh
# Run queries of the taxi suite on the engine beside itself: on three sizes of data,
# and in less memory. Writes out/scaling.md and out/memory.md.
#   sh benchmarks/peers/itself.sh BASELINES [runs]
# Uses the data and the Python environment of compare.sh, and makes what is missing.
set -eu
baselines=$1 runs=${2:-5}
here=$(dirname "$0") env=out/peers-env
mkdir -p out
if [ ! -x $env/bin/python ]; then
	python3 -m venv $env
	$env/bin/pip install --quiet -r "$here/requirements.txt"
fi
go build -o bin/peers ./benchmarks/peers
rm -f out/scaling.jsonl out/memory.jsonl
run() {
	bin/peers run --suite "$baselines/suite" --out out/peers-written --runs "$runs" "$@"
}
for rows in 2000000 20000000 60000000; do
	data=out/peers-$rows
	[ -f "$data/manifest.json" ] || $env/bin/python "$baselines/make_taxi.py" --taxi "$baselines/../taxi" --out "$data" --rows "$rows"
	for q in S01 S03 S05; do
		run --data "$data" --results out/scaling.jsonl --label "$rows rows" --queries $q
	done
done
# 512 MB for execution are 0.6 of 1154 MB less 300; of 512 MB there remain 127.
for q in S06 S09 S10 S12; do
	for memory in 3g 1154m 512m; do
		run --data out/peers-20000000 --results out/memory.jsonl --label $memory --queries $q --conf spark.executor.memory=$memory
	done
done
bin/peers report out/scaling.jsonl >out/scaling.md
bin/peers report out/memory.jsonl >out/memory.md
cat out/scaling.md out/memory.md
