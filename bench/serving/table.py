#!/usr/bin/env python3
"""Reads the lines of run.sh from stdin and prints a table: medians over the rounds, and how many times the other's rate ours is."""

import json
import statistics
import sys

OURS = "salesctl"


def ratio(ours, theirs):
    return f"{ours / theirs:,.1f}" if theirs else "-"


def main():
    loads, labels = {}, []
    for line in sys.stdin:
        load = json.loads(line)
        loads.setdefault((load["mode"], load["c"]), {}).setdefault(load["label"], []).append(load)
        if load["label"] not in labels:
            labels.append(load["label"])
    header = ["load", "clients"]
    for label in labels:
        header += [f"{label} jobs/s", "p50 ms", "p99 ms"]
    header += [f"times {label}" for label in labels if label != OURS]
    rows = [header, ["---"] * len(header)]
    for (mode, clients), by_label in loads.items():
        median = {
            label: {key: statistics.median(run[key] for run in runs) for key in ("rate", "p50_ms", "p99_ms")}
            for label, runs in by_label.items()
        }
        row = [mode, str(clients)]
        for label in labels:
            m = median[label]
            row += [f"{m['rate']:,.0f}", f"{m['p50_ms']:.2f}", f"{m['p99_ms']:.2f}"]
        row += [ratio(median[OURS]["rate"], median[label]["rate"]) for label in labels if label != OURS]
        rows.append(row)
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
