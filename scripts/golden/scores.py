#!/usr/bin/env python3
"""Write scores of generated forecasts by scikit-learn and numpy, which pkg/score must equal.

mape is LightGBM's, with max(1, |y|) below the line, so it is written out here; mae and rmse are
scikit-learn's own.

    scripts/golden/scores.py [--output pkg/score/testdata/scores.json]

Needs the packages of scripts/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

GOLDEN = Path(__file__).resolve().parents[2] / "pkg" / "score" / "testdata" / "scores.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=GOLDEN, help="the file to write")
    args = parser.parse_args()
    rng = np.random.default_rng(5)
    y = np.concatenate([rng.poisson(3, 60), rng.normal(0, 50, 40)]).astype(float)
    f = y + rng.normal(0.3, 2, 100)
    error = np.abs(y - f)
    scores = {
        "mape": np.mean(error / np.maximum(1, np.abs(y))),
        "smape": np.mean(2 * error / (np.abs(y) + np.abs(f))),
        "wape": error.sum() / np.abs(y).sum(),
        "mae": mean_absolute_error(y, f),
        "rmse": root_mean_squared_error(y, f),
        "bias": (f - y).sum() / np.abs(y).sum(),
    }
    golden = {"actual": y.tolist(), "predicted": f.tolist(), "scores": {name: float(v) for name, v in scores.items()}}
    args.output.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
