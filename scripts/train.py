#!/usr/bin/env python3
"""Train LightGBM's Python package on the matrix that `salesctl preprocess` wrote.

This is the twin of `salesctl train --features M`: the same rows, the same parameters and the
same rule for the number of trees, but LightGBM's own Python package instead of its command line
program. The trees must be equal byte for byte: everything in the two model files before the
line `parameters:`. The features come from the matrix as they are and are never made again here.

    salesctl preprocess sales.csv --config configs/seed.yaml --output matrix.parquet
    scripts/train.py --features matrix.parquet --config configs/seed.yaml --output model.txt
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

# Waiting threads sleep instead of spinning; libgomp reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import yaml
from sklearn.model_selection import train_test_split

LIGHTGBM_VERSION = "4.7.0"
SEED_RECIPE = Path(__file__).resolve().parent.parent / "configs" / "seed.yaml"


class Failure(Exception):
    """A problem that the user can mend; its text is the whole message."""


@dataclass
class Recipe:
    params: dict  # LightGBM's, by their canonical names
    split: str
    horizon: int  # periods of the data's frequency


@dataclass
class Matrix:
    features: np.ndarray  # float64, one row per observation
    target: np.ndarray  # float64, never NaN
    period: np.ndarray  # int64, one more for each step of the frequency
    categories: list[int]  # the features that are codes of text

    def take(self, rows: np.ndarray) -> Matrix:
        return Matrix(self.features[rows], self.target[rows], self.period[rows], self.categories)


@dataclass
class Fit:
    booster: lgb.Booster
    iterations: int  # rounds of the run that chose best_iteration
    best_iteration: int
    train: Matrix
    valid: Matrix


def read_recipe(path: Path, split: str | None) -> Recipe:
    try:
        recipe = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as err:
        raise Failure(f"read recipe {path}: {err}") from err
    if not isinstance(recipe, dict) or not isinstance(recipe.get("lightgbm"), dict):
        raise Failure(f"recipe {path} has no section 'lightgbm'")
    params = {key: value for key, value in recipe["lightgbm"].items() if key != "path"}
    for key in ("objective", "num_iterations"):
        if key not in params:
            raise Failure(f"recipe {path}: lightgbm.{key} is missing: name it, there is no default here")
    model = recipe.get("model") or {}
    split = split or model.get("split")
    if split not in ("random", "time"):
        raise Failure(f"recipe {path}: model.split is {split!r}: write random or time, or give --split")
    horizon = model.get("horizon")
    if not isinstance(horizon, int) or horizon < 1:
        raise Failure(f"recipe {path}: model.horizon is {horizon!r}: write a number of periods, 1 or more")
    return Recipe(params, split, horizon)


def read_matrix(path: Path) -> Matrix:
    """Read the rows that have a target, in the file's order."""
    spec_path = Path(f"{path}.spec.json")
    try:
        spec = json.loads(spec_path.read_text(encoding="utf-8"))
        freq, columns = spec["freq"], spec["columns"]
        date = next(c["name"] for c in columns if "date" in c["roles"])
        target = next(c["name"] for c in columns if "target" in c["roles"])
        features = [c["name"] for c in columns if "feature" in c["roles"]]
        codes = code_columns(spec)
    except FileNotFoundError as err:
        raise Failure(f"{spec_path} does not exist: write the matrix with 'salesctl preprocess'") from err
    except (OSError, ValueError, LookupError, TypeError, StopIteration) as err:
        raise Failure(f"{spec_path} is not the spec of a matrix: {err!r}") from err
    try:
        table = read_table(path, date, freq, [*features, target])
        values = np.empty((table.num_rows, len(features)), dtype=np.float64)
        for i, name in enumerate(features):
            values[:, i] = table[name].to_numpy()
        y = table[target].to_numpy().astype(np.float64)
        period = periods(table[date].to_numpy(), freq)
    except (OSError, KeyError, ValueError, pa.ArrowException) as err:
        raise Failure(f"read matrix {path}: {err}") from err
    known = ~np.isnan(y)
    categories = [i for i, name in enumerate(features) if name in codes]
    return Matrix(values[known], y[known], period[known], categories)


def code_columns(spec: dict) -> set[str]:
    """Name the columns of text ids, text covariates and holiday names: their order says nothing."""
    texts = [c["name"] for c in spec.get("covariates", []) if "levels" in c]
    if spec["features"]["ids"]:
        texts += [c["name"] for c in spec["ids"] if c["rule"] == "text"]
    if "holidays" in spec:
        texts.append("holiday")
    return {f"{name}_code" for name in texts}


def periods(labels: np.ndarray, freq: str) -> np.ndarray:
    """Number the labels of a frequency so that a step is 1."""
    if freq == "h":
        return labels.astype("datetime64[h]").astype(np.int64)
    days = labels.astype("datetime64[D]")
    if freq == "B":
        return np.busday_count(np.datetime64(0, "D"), days)
    if freq.startswith("W-"):  # the labels of all weeks are one day of the week
        return days.astype(np.int64) // 7
    months = {"MS": 1, "QS": 3, "YS": 12}
    if freq in months:
        return days.astype("datetime64[M]").astype(np.int64) // months[freq]
    if freq not in ("", "D"):
        raise ValueError(f"frequency {freq!r} is not known")
    return days.astype(np.int64)


def read_table(path: Path, date: str, freq: str, numbers: list[str]) -> pa.Table:
    """Read the named columns of a Parquet file or of a CSV file, whatever the file is called."""
    with open(path, "rb") as file:
        magic = file.read(4)
    if magic == b"PAR1":
        return pa.parquet.read_table(path, columns=[date, *numbers])
    types = {date: pa.timestamp("s") if freq == "h" else pa.date32()} | dict.fromkeys(numbers, pa.float64())
    options = pa.csv.ConvertOptions(include_columns=list(types), column_types=types, null_values=[""])
    return pa.csv.read_csv(path, convert_options=options)


def fit_random(recipe: Recipe, matrix: Matrix) -> Fit:
    """Hold out a fifth of the rows at random, as scikit-learn draws them, and stop early on them."""
    if len(matrix.target) < 2:
        raise Failure("a random split needs 2 rows that have a target")
    train, valid = train_test_split(np.arange(len(matrix.target)), test_size=0.2, random_state=42)
    return fit_early_stopping(recipe.params, matrix.take(train), matrix.take(valid))


def fit_time(recipe: Recipe, matrix: Matrix) -> Fit:
    """Hold out the last horizon periods.

    The number of trees is chosen on the horizon before them, by a run that sees only what lies
    further back, so that no held-out row takes part in any choice.
    """
    last = matrix.period.max() if len(matrix.period) else 0
    outer = matrix.period <= last - recipe.horizon
    inner = matrix.period <= last - 2 * recipe.horizon
    if not inner.any():
        raise Failure(f"a time split needs more than 2 x {recipe.horizon} periods of data: lower model.horizon")
    if not (outer & ~inner).any():
        raise Failure(f"no row lies in the {recipe.horizon} periods before the last {recipe.horizon}: change model.horizon")
    chosen = fit_early_stopping(recipe.params, matrix.take(inner), matrix.take(outer & ~inner))
    params, _ = split_params(recipe.params)
    train = matrix.take(outer)
    booster = lgb.train(params, dataset(params, train), chosen.best_iteration, keep_training_booster=True)
    return Fit(booster, chosen.iterations, chosen.best_iteration, train, matrix.take(~outer))


def fit_early_stopping(params: dict, train: Matrix, valid: Matrix) -> Fit:
    """Train until the metric on valid stops improving, printing both curves each 100 rounds."""
    params, stopping = split_params(params)
    stop = lgb.early_stopping(
        # Without early stopping the best of all rounds still counts: wait for as many as there are.
        stopping.get("early_stopping_round") or stopping["num_iterations"],
        first_metric_only=stopping.get("first_metric_only", False),
        min_delta=stopping.get("early_stopping_min_delta", 0.0),
    )
    data = dataset(params, train)
    booster = lgb.train(
        params,
        data,
        stopping["num_iterations"],
        valid_sets=[data, dataset(params, valid, reference=data)],
        callbacks=[lgb.log_evaluation(100), stop],
        keep_training_booster=True,  # otherwise the rounds after the best one are forgotten
    )
    return Fit(booster, booster.current_iteration(), booster.best_iteration, train, valid)


def split_params(params: dict) -> tuple[dict, dict]:
    """Separate what decides the trees of a round from what decides when to stop."""
    names = ("num_iterations", "early_stopping_round", "early_stopping_min_delta", "first_metric_only")
    return (
        {key: value for key, value in params.items() if key not in names},
        {key: value for key, value in params.items() if key in names},
    )


def dataset(params: dict, matrix: Matrix, reference: lgb.Dataset | None = None) -> lgb.Dataset:
    names = [f"f{i}" for i in range(matrix.features.shape[1])]
    return lgb.Dataset(matrix.features, label=matrix.target, feature_name=names, reference=reference, params=params)


def scores(fit: Fit, part: Matrix) -> dict:
    """Score the best iteration on some rows; relative errors are fractions, null where undefined."""
    y = part.target
    prediction = fit.booster.predict(part.features, num_iteration=fit.best_iteration)
    error = prediction - y
    size = np.abs(y) + np.abs(prediction)
    total = math.fsum(np.abs(y))
    return {
        "mape": mean(np.abs(error) / np.maximum(1, np.abs(y))),
        "smape": mean(np.divide(2 * np.abs(error), size, out=np.zeros_like(size), where=size > 0)),
        "wape": math.fsum(np.abs(error)) / total if total > 0 else None,
        "mae": mean(np.abs(error)),
        "rmse": math.sqrt(mean(error * error)),
        "bias": math.fsum(error) / total if total > 0 else None,
    }


def mean(values: np.ndarray) -> float:
    return math.fsum(values) / len(values)


def write(path: Path, text: str) -> None:
    """Write a file so that it appears complete or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class Log:
    """Sends LightGBM's lines to stderr."""

    def info(self, message: str) -> None:
        print(message.rstrip("\n"), file=sys.stderr)

    warning = info


def run(args: argparse.Namespace) -> None:
    if lgb.__version__ != LIGHTGBM_VERSION:
        raise Failure(
            f"this is lightgbm {lgb.__version__}, the trees are those of {LIGHTGBM_VERSION}: "
            "pip install -r scripts/requirements.txt"
        )
    recipe = read_recipe(args.config, args.split)
    # The two switches that salesctl sets as well. The number of threads does not change the trees.
    recipe.params |= {"deterministic": True, "force_row_wise": True, "num_threads": args.threads, "verbosity": -1}
    matrix = read_matrix(args.features)
    if matrix.categories:
        recipe.params.setdefault("categorical_feature", ",".join(map(str, matrix.categories)))
    try:
        fit = (fit_random if recipe.split == "random" else fit_time)(recipe, matrix)
    except (lgb.basic.LightGBMError, TypeError, ValueError) as err:  # what LightGBM raises for bad parameters
        raise Failure(f"train: {err}") from err
    metrics = {
        "split": recipe.split,
        "train": scores(fit, fit.train),
        "valid": scores(fit, fit.valid),
        "iterations": fit.iterations,
        "best_iteration": fit.best_iteration,
    }
    text = json.dumps(metrics, indent=2) + "\n"
    write(args.output, fit.booster.model_to_string(num_iteration=fit.best_iteration))
    if args.metrics:
        write(args.metrics, text)
    else:
        sys.stdout.write(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", metavar="M", type=Path, required=True,
                        help="matrix of 'salesctl preprocess', CSV or Parquet, with M.spec.json beside it")
    parser.add_argument("--config", metavar="FILE", type=Path, default=SEED_RECIPE,
                        help="recipe in YAML (default configs/seed.yaml)")
    parser.add_argument("--split", choices=["random", "time"], help="overrides the recipe's model.split")
    parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="model in LightGBM's text form")
    parser.add_argument("--metrics", metavar="FILE", type=Path, help="scores as JSON (default: printed)")
    parser.add_argument("--threads", metavar="N", type=int, default=os.cpu_count(),
                        help="threads of LightGBM (default: all processors); they do not change the trees")
    args = parser.parse_args()
    lgb.register_logger(Log())
    try:
        run(args)
    except (Failure, OSError) as err:
        sys.exit(f"train.py: error: {err}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
