#!/bin/sh
# Compare the engine with Spark 4.0 and 3.5, each in a Python environment of its
# own below out/. Without Java, or where an environment cannot be made, the
# comparison with that version is left out, and a line says so.
set -u
if ! java -version >/dev/null 2>&1; then
	echo "spark-test: there is no Java here: nothing is compared"
	exit 0
fi
failed=0
for version in 4.0.1 3.5.6; do
	env=out/spark-$version
	if [ ! -x $env/bin/python ] || ! $env/bin/python -c 'import pyspark' 2>/dev/null; then
		if ! { python3 -m venv $env && $env/bin/pip install --quiet "pyspark==$version"; }; then
			echo "spark-test: pyspark $version could not be installed: it is not compared"
			continue
		fi
	fi
	STAGECOACH_SPARK=$PWD/$env/bin/python go test ./engine -run '^TestSpark' -count=1 -timeout 30m -v || failed=1
done
exit $failed
