#!/usr/bin/env python3
"""Make the trees and golden rows of which the tests of pkg/model build bundles.

Two small models of daily sales, with the features store, item (1-3 and 1-2), year, month, day and
dayofweek: trees.txt, and sqrt.txt, whose objective the leaves library cannot read. Beside each a
CSV of rows with the raw score that LightGBM gives them, every number in its shortest form that
reads back exactly.

    python scripts/golden/model.py [--output pkg/model/testdata]

Needs lightgbm==4.7.0 and numpy.
"""

from __future__ import annotations

import argparse
import csv
import datetime
from pathlib import Path

import lightgbm as lgb
import numpy as np

TESTDATA = Path(__file__).resolve().parents[2] / "pkg" / "model" / "testdata"
FEATURES = ["store", "item", "year", "month", "day", "dayofweek"]
FIRST, DAYS = datetime.date(2024, 1, 1), 400

PARAMS = {
    "objective": "regression",
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
    "num_leaves": 8,
    "learning_rate": 0.2,
    "num_iterations": 12,
}


def sales() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    days = [FIRST + datetime.timedelta(n) for n in range(DAYS)]
    rows = np.array(
        [[s, i, d.year, d.month, d.day, d.weekday()] for s in (1, 2, 3) for i in (1, 2) for d in days], dtype=float
    )
    level = 10 * rows[:, 0] + 5 * rows[:, 1] + 3 * (rows[:, 5] >= 5) + 4 * np.sin(rows[:, 3])
    return rows, rng.poisson(level).astype(float)


def golden_rows(rows: np.ndarray) -> np.ndarray:
    """Training rows spread evenly, and rows with a missing value and a negative zero."""
    spread = rows[np.linspace(0, len(rows) - 1, 22).astype(int)]
    odd = rows[:2].copy()
    odd[0, 3], odd[1, 5] = np.nan, -0.0
    return np.vstack([spread, odd])


def write(output: Path, name: str, params: dict, rows: np.ndarray, y: np.ndarray) -> None:
    model = lgb.train(PARAMS | params, lgb.Dataset(rows, y, feature_name=[f"f{n}" for n in range(len(FEATURES))]))
    model.save_model(output / f"{name}.txt")
    golden = golden_rows(rows)
    with (output / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*FEATURES, "raw"])
        for row, raw in zip(golden, model.predict(golden, raw_score=True), strict=True):
            out.writerow([repr(float(v)) for v in (*row, raw)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="DIR", type=Path, default=TESTDATA)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    rows, y = sales()
    write(args.output, "trees", {}, rows, y)
    write(args.output, "sqrt", {"reg_sqrt": True}, rows, y)


if __name__ == "__main__":
    main()
