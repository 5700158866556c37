"""Prints the medians of run.sh's JSON lines as a Markdown table."""

import json
import statistics
import sys

times, memory = {}, {}
for line in open(sys.argv[1]):
    r = json.loads(line)
    name = r.get("reader") or f"{r['peer']} {r['version']}"
    times.setdefault(name, []).append(r.get("median_seconds", r["seconds"]))
    if "mb" in r:
        memory[name] = f"{r['mb']:.0f} MB allocated"
    else:
        memory[name] = f"{r['peak_rss_mb']:.0f} MB process"

ours = statistics.median(times["panel.Read, CSV"])
print("| Reader | ms, median | times panel.Read of the CSV | memory |")
print("|---|---|---|---|")
for name, seconds in sorted(times.items(), key=lambda item: statistics.median(item[1])):
    m = statistics.median(seconds)
    print(f"| {name} | {m * 1000:.0f} | {m / ours:.2f} | {memory[name]} |")
