"""Asks Spark how it would compute joins and prints what joins.txt holds.

    python joins.py > joins.txt

A line is a join type, whether it has keys or another condition, spark.sql.join.preferSortMergeJoin and the rows of
both sides, then Spark's choice for every pair of hints: left ones by five, and in each the right ones, in the order
of HINTS. A row is 8 bytes, spark.sql.autoBroadcastJoinThreshold is 100 bytes, and there are 4 partitions.
"""
import re

from pyspark.sql import SparkSession

HINTS = [None, "broadcast", "merge", "shuffle_hash", "shuffle_replicate_nl"]
TYPES = ["inner", "left", "right", "full", "semi", "anti"]
SIZES = [(5, 5), (5, 10), (10, 5), (10, 1000), (1000, 10), (40, 1000), (1000, 40), (1000, 1000)]
CODES = {"BroadcastHashJoin": "B", "ShuffledHashJoin": "H", "SortMergeJoin": "M", "BroadcastNestedLoopJoin": "N", "CartesianProduct": "C"}

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
for key, value in {"adaptive.enabled": "false", "autoBroadcastJoinThreshold": "100", "shuffle.partitions": "4"}.items():
    spark.conf.set("spark.sql." + key, value)


def choice(left, right, condition, kind):
    plan = left.join(right, condition, kind)._jdf.queryExecution().sparkPlan().toString()
    name, line = re.search(r"(\w+(?:Join|Product))\b(.*)", plan).groups()
    side = re.search(r"Build(Left|Right)", line)
    return CODES[name] + (side.group(1)[0] if side else "")


def hinted(frame, hint):
    return frame.hint(hint) if hint else frame


print("# Spark " + spark.version + "; made by joins.py")
for kind in TYPES:
    for keys in ["keys", "none"]:
        for prefer in ["true", "false"]:
            spark.conf.set("spark.sql.join.preferSortMergeJoin", prefer)
            for l, r in SIZES:
                left, right = spark.range(l).toDF("a"), spark.range(r).toDF("b")
                condition = left.a == right.b if keys == "keys" else left.a < right.b
                codes = [choice(hinted(left, x), hinted(right, y), condition, kind) for x in HINTS for y in HINTS]
                print(kind, keys, prefer, l, r, *codes)
