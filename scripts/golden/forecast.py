#!/usr/bin/env python3
"""Make the trees and the expected forecasts of the tests of pkg/forecast.

A poisson model (its prediction is exp of the raw score) of sales by shop, a text id that becomes
its dictionary code, and by the day's year, month, day and dayofweek: trees.txt. forecasts.csv
holds requests inside and after the data, known shops and an unknown one (a missing feature), with
the prediction that LightGBM gives them.

    scripts/golden/forecast.py [--output pkg/forecast/testdata]

Needs the packages of scripts/requirements.txt.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

TESTDATA = Path(__file__).resolve().parents[2] / "pkg" / "forecast" / "testdata"
SHOPS = ["north", "south", "west, old"]
PARAMS = {
    "objective": "poisson", "num_leaves": 6, "learning_rate": 0.3, "num_iterations": 8, "seed": 1,
    "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip


def features(shop: pd.Series, date: pd.Series) -> np.ndarray:
    code = shop.map({name: float(i) for i, name in enumerate(SHOPS)})
    return np.column_stack([code, date.dt.year, date.dt.month, date.dt.day, date.dt.day_of_week]).astype(float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=TESTDATA, help="the folder to write to")
    args = parser.parse_args()
    days = pd.Series(pd.date_range("2023-01-01", "2023-12-31"))
    frame = pd.concat([pd.DataFrame({"shop": shop, "date": days}) for shop in SHOPS], ignore_index=True)
    x = features(frame["shop"], frame["date"])
    mean = 6 + 4 * x[:, 0] + 3 * (x[:, 4] >= 5) + 2 * np.sin(x[:, 2])
    y = np.random.default_rng(3).poisson(mean).astype(float)
    booster = lgb.train(PARAMS, lgb.Dataset(x, y, feature_name=[f"f{i}" for i in range(x.shape[1])]))
    booster.save_model(args.output / "trees.txt")

    asked = pd.DataFrame(
        [(shop, date) for shop in [*SHOPS, "east"] for date in ["2022-12-31", "2023-02-28", "2024-01-06", "2024-02-29", "2024-06-01"]],
        columns=["shop", "date"],
    )
    asked["predicted_sales"] = booster.predict(features(asked["shop"], pd.to_datetime(asked["date"])), num_threads=1)
    asked.to_csv(args.output / "forecasts.csv", index=False, float_format=lambda v: repr(float(v)), lineterminator="\n")


if __name__ == "__main__":
    main()
