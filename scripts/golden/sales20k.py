#!/usr/bin/env python3
"""Write the small data set of the end-to-end tests, and the figures that training on it must give.

sales-20000.csv holds generated daily sales of 10 series over 2,000 days. sales-20000.json holds
what the original's way gives on it: features by pandas, split by scikit-learn, trees by
LightGBM's Python package. Nothing here comes from salesctl or from its recipe files.

    scripts/golden/sales20k.py [--output cmd/salesctl/testdata]
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import math
import os
import random
from pathlib import Path

# Waiting threads sleep instead of spinning; libgomp reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

GOLDEN = Path(__file__).resolve().parents[2] / "cmd" / "salesctl" / "testdata"

FIRST_DAY = datetime.date(2013, 1, 1)
DAYS = 2000
STORES = (1, 2)
ITEMS = (1, 2, 3, 4, 5)
WEEK = (0.80, 0.93, 0.93, 1.00, 1.06, 1.13, 1.20)  # Monday first
HORIZON = pd.Timedelta(days=90)

# The original's parameters: lgb.train(params, valid_sets=[train, valid], early_stopping(50)).
PARAMS = {
    "objective": "regression_l1",
    "metric": "mape",
    "num_leaves": 64,
    "max_depth": 5,
    "learning_rate": 0.1,
    "feature_fraction": 0.9,
    "bagging_fraction": 0.8,
    "bagging_freq": 5,
    "lambda_l1": 0.1,
    "lambda_l2": 0.1,
    "min_sum_hessian_in_leaf": 1,
    "min_gain_to_split": 0.01,
    "min_data_in_leaf": 20,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}
ROUNDS = 1000
STOPPING_ROUNDS = 50


def sales_csv() -> str:
    """Sales with a weekday and a yearly profile, growth, the noise of counts and some zeros, item by item."""
    draw = random.Random(20_000)
    lines = ["date,store,item,sales"]
    for item in ITEMS:
        for store in STORES:
            level = 3 * item * store * draw.uniform(0.8, 1.2)
            for i in range(DAYS):
                day = FIRST_DAY + datetime.timedelta(days=i)
                year = 1 + 0.3 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 100) / 365.25)
                growth = 1 + 0.06 * i / 365.25
                sales = poisson(draw, level * WEEK[day.weekday()] * year * growth)
                lines.append(f"{day},{store},{item},{sales}")
    return "\n".join(lines) + "\n"


def poisson(draw: random.Random, mean: float) -> int:
    """Count the uniform draws whose product stays above exp(-mean) (Knuth)."""
    floor, product, count = math.exp(-mean), draw.random(), 0
    while product > floor:
        product *= draw.random()
        count += 1
    return count


def features(data: pd.DataFrame) -> pd.DataFrame:
    day = data["date"].dt
    return pd.DataFrame(
        {
            "f0": data["store"],
            "f1": data["item"],
            "f2": day.year,
            "f3": day.month,
            "f4": day.day,
            "f5": day.day_of_week,
            "f6": day.day_of_week >= 5,
            "f7": day.is_month_start,
            "f8": day.is_month_end,
        }
    ).astype(np.float64)


def train(x: pd.DataFrame, y: pd.Series, rows: np.ndarray, valid: np.ndarray) -> lgb.Booster:
    """Train on some rows and stop early on others; the booster knows its best iteration."""
    data = lgb.Dataset(x.iloc[rows], label=y.iloc[rows])
    return lgb.train(
        PARAMS,
        data,
        ROUNDS,
        valid_sets=[data, data.create_valid(x.iloc[valid], label=y.iloc[valid])],
        callbacks=[lgb.early_stopping(STOPPING_ROUNDS, verbose=False)],
        keep_training_booster=True,  # otherwise the rounds after the best one are forgotten
    )


def figures(split: str, chosen: lgb.Booster, final: lgb.Booster, x: pd.DataFrame, y: pd.Series) -> dict:
    """Describe a training whose run `chosen` chose how many trees of `final` count."""
    best = chosen.best_iteration
    trees = final.model_to_string(num_iteration=best).partition("\nparameters:")[0]
    error = np.abs(final.predict(x, num_iteration=best) - y) / np.maximum(1, np.abs(y))
    return {
        "rows": DAYS * len(STORES) * len(ITEMS),
        "split": split,
        "valid_mape": math.fsum(error) / len(error),
        "best_iteration": best,
        "iterations": chosen.current_iteration(),
        "trees_sha256": hashlib.sha256(trees.encode()).hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="DIR", type=Path, default=GOLDEN)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    csv = args.output / "sales-20000.csv"
    csv.write_text(sales_csv(), encoding="utf-8")

    data = pd.read_csv(csv, parse_dates=["date"])
    x, y = features(data), data["sales"]
    rows, valid = train_test_split(np.arange(len(data)), test_size=0.2, random_state=42)
    booster = train(x, y, rows, valid)
    random_split = figures("random", booster, booster, x.iloc[valid], y.iloc[valid])

    # The number of trees is chosen on the 90 days before the 90 held-out ones.
    cutoff = data["date"].max() - HORIZON
    inner, outer = data["date"] <= cutoff - HORIZON, data["date"] <= cutoff
    chosen = train(x, y, np.flatnonzero(inner), np.flatnonzero(outer & ~inner))
    final = lgb.train(PARAMS, lgb.Dataset(x[outer], label=y[outer]), chosen.best_iteration)
    time_split = figures("time", chosen, final, x[~outer], y[~outer])

    text = json.dumps([random_split, time_split], indent=2)
    (args.output / "sales-20000.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
