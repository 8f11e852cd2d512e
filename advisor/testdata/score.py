"""Score the advice on labelled logs: score.py BINARY SHARED.

Runs `advise --format json` over SHARED/eventlogs/labelled, lets SHARED/tools/score_findings.py judge the findings against
labels.tsv, and holds what was predicted against what the repaired twin of a log took.
"""
import csv
import json
import pathlib
import subprocess
import sys

binary, shared = sys.argv[1], pathlib.Path(sys.argv[2])
folder = shared / "eventlogs" / "labelled"
with open(folder / "labels.tsv", newline="", encoding="utf-8") as f:
    labels = list(csv.DictReader(f, delimiter="\t"))
reports = json.loads(subprocess.run([binary, "advise", "--format", "json", *(str(folder / l["path"]) for l in labels)],
                                    check=True, stdout=subprocess.PIPE).stdout)
found = {pathlib.Path(r["log"]).name: r["findings"] for r in reports}
out = pathlib.Path("out/labelled.json")
out.parent.mkdir(exist_ok=True)
out.write_text(json.dumps(found, indent=1))
subprocess.run([sys.executable, str(shared / "tools" / "score_findings.py"), str(out), str(folder / "labels.tsv"),
                "--matrix", "--per-cause", "--misses"], check=True)

print("\nplanted cause\twall ms\tpredicted saving ms (low to high)\trealised ms")
for l in labels:
    mine = [f for f in found[l["path"]] if f["cause"] == l["cause"]]
    if l["fixed_path"] and mine:
        s, took = mine[0]["savingMs"], int(l["duration_ms"])
        print(f"{l['cause']}\t{took}\t{s['expected']} ({s['low']} to {s['high']})\t{took - int(l['fixed_duration_ms'])}")
