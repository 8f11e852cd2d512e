"""Runs statements of Spark SQL in Spark and prints what they give, a line of JSON each.

    python run.py ansi|legacy|partitions|plans FILE...

A file has a statement a line; empty lines and lines that begin with -- are passed over. Cells are what Spark's cast
to string makes of them, so that both sides are compared as text, beside their types. Instead of rows, partitions
gives the number of rows in each partition, and plans the plan as it was run.
"""
import json
import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import spark_partition_id

mode = sys.argv[1]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "4")
    .config("spark.sql.session.timeZone", "America/New_York")
    .config("spark.sql.ansi.enabled", str(mode != "legacy").lower())
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def run(statement):
    df = spark.sql(statement)
    types = [f.dataType.simpleString() for f in df.schema.fields]
    names = df.columns
    text = df.toDF(*[f"c{i}" for i in range(len(names))])
    text = text.selectExpr(*[f"cast(c{i} as string) c{i}" for i in range(len(names))])
    return {"names": names, "types": types, "rows": [list(r) for r in text.collect()]}


def partitions(statement):
    adaptive = "REBALANCE" in statement
    spark.conf.set("spark.sql.adaptive.enabled", str(adaptive).lower())
    spark.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    spark.conf.set("spark.sql.adaptive.localShuffleReader.enabled", "false")
    ids = [p for (p,) in spark.sql(statement).select(spark_partition_id()).collect()]
    return {"counts": [ids.count(p) for p in range(max(ids) + 1)]}


def plans(statement):
    df = spark.sql(statement)
    df.collect()
    return {"plan": df._jdf.queryExecution().executedPlan().toString()}


def condition(error):
    for ask in ("getCondition", "getErrorClass"):
        if hasattr(error, ask):
            return getattr(error, ask)() or "?"
    text = str(error)
    return text[text.find("[") + 1 : text.find("]")] if "[" in text else text.split("\n")[0][:80]


for path in sys.argv[2:]:
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if not line.strip() or line.startswith("--"):
            continue
        try:
            out = {"partitions": partitions, "plans": plans}.get(mode, run)(line)
        except Exception as error:  # whatever Spark refuses is an answer too
            out = {"error": condition(error)}
        print(json.dumps({"sql": line, "version": spark.version, **out}), flush=True)
