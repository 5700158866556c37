#!/usr/bin/env python3
"""Recompute the validation MAPE of a training, twice, without trusting anything it reported.

From the file of `train --validation-output` and the raw sales alone: every `actual` must be the
sales of that row, and the rows must be exactly those that the split holds out. And from the
bundle: `salesctl predict` is asked for the same rows and must give the same numbers, bit for
bit. With --metrics the figure of the bundle's metrics.json is the third. All must agree.

MAPE is LightGBM's: the mean of |y - p| / max(1, |y|), as a fraction.

    salesctl train train.csv --config configs/seed.yaml --models models --validation-output valid.csv
    scripts/recompute_mape.py --data train.csv --validation valid.csv --split random \\
        --salesctl bin/salesctl --models models --model sales

The columns of the raw sales are date, store, item and sales. One line of JSON is printed; a
disagreement ends with a sentence and exit code 1.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterable, NamedTuple

KEY = ("date", "store", "item")


class Failure(Exception):
    """Something disagrees or cannot be read; its text is the whole message."""


class Sale(NamedTuple):
    key: tuple[str, ...]  # date, store, item
    sales: float | None  # None where the field is empty


class Held(NamedTuple):
    row: int
    actual: float
    prediction: float


def read_table(lines: Iterable[str], name: str, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the named columns of a CSV file, one tuple a row; other columns do not matter."""
    reader = csv.reader(lines)
    header = next(reader, [])
    missing = [c for c in columns if c not in header]
    if missing:
        raise Failure(f"{name} has no column {missing[0]!r}: its columns are {', '.join(header) or 'none'}")
    places = [header.index(c) for c in columns]
    rows = []
    for record in reader:
        if not record:
            continue
        if len(record) != len(header):
            raise Failure(f"{name}, line {reader.line_num}: {len(record)} fields, the header has {len(header)}")
        rows.append(tuple(record[i] for i in places))
    return rows


def read_file(path: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return read_table(file, str(path), columns)


def number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as err:
        raise Failure(f"{place}: {text!r} is not a number") from err


def read_sales(path: Path) -> list[Sale]:
    sales = []
    for i, (*key, cell) in enumerate(read_file(path, (*KEY, "sales"))):
        sales.append(Sale(tuple(key), number(cell, f"{path}, row {i}") if cell else None))
    return sales


def read_held(path: Path) -> list[Held]:
    held = []
    for i, (row, actual, prediction) in enumerate(read_file(path, ("row", "actual", "prediction"))):
        place = f"{path}, row {i}"
        if not row.isdecimal():
            raise Failure(f"{place}: {row!r} is not a row number")
        held.append(Held(int(row), number(actual, place), number(prediction, place)))
    if not held:
        raise Failure(f"{path} holds no rows")
    return held


def split_rows(sales: list[Sale], split: str, horizon: int) -> list[int]:
    """Return the rows that the split holds out, in ascending order. Rows without sales take no part."""
    known = [i for i, sale in enumerate(sales) if sale.sales is not None]
    if split == "random":
        from sklearn.model_selection import train_test_split

        return sorted(train_test_split(known, test_size=0.2, random_state=42)[1])
    days = {i: datetime.date.fromisoformat(sales[i].key[0]) for i in known}
    cutoff = max(days.values()) - datetime.timedelta(days=horizon)
    return [i for i in known if days[i] > cutoff]


def check_rows(held: list[Held], sales: list[Sale], expected: list[int]) -> None:
    if sorted(h.row for h in held) != expected:
        extra = sorted({h.row for h in held}.difference(expected))
        absent = sorted(set(expected).difference(h.row for h in held))
        raise Failure(
            f"the validation file holds {len(held)} rows, the split holds out {len(expected)}, not the same ones: "
            f"{len(extra)} should not be there {extra[:3]}, {len(absent)} are absent {absent[:3]}"
        )
    for h in held:
        if h.actual != sales[h.row].sales:
            raise Failure(f"row {h.row}: actual is {h.actual!r}, the raw sales are {sales[h.row].sales!r}")


def predict(salesctl: str, flags: list[str], keys: list[tuple[str, ...]]) -> list[float]:
    """Ask salesctl for the forecast of every key."""
    with tempfile.TemporaryDirectory() as folder:
        requests = Path(folder) / "requests.csv"
        with open(requests, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([KEY, *keys])
        command = [salesctl, "predict", *flags, "--input", requests, "-o", "csv"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise Failure(f"salesctl predict ended with exit code {done.returncode}: {done.stderr.strip()}")
    rows = read_table(done.stdout.splitlines(keepends=True), "the output of salesctl predict", (*KEY, "predicted_sales"))
    if len(rows) != len(keys):
        raise Failure(f"salesctl predict answered {len(rows)} of {len(keys)} requests")
    predictions = []
    for (*answered, cell), key in zip(rows, keys):
        if tuple(answered) != key:
            raise Failure(f"salesctl predict answered for {tuple(answered)} where {key} was asked")
        predictions.append(number(cell, f"salesctl predict for {key}"))
    return predictions


def compare_predictions(held: list[Held], predictions: list[float], sales: list[Sale]) -> None:
    different = [(h, p) for h, p in zip(held, predictions) if h.prediction != p]
    if different:
        h, p = different[0]
        raise Failure(
            f"{len(different)} of {len(held)} predictions of the bundle differ from the validation file; "
            f"the first is row {h.row} {sales[h.row].key}: {p!r} instead of {h.prediction!r}"
        )


def mape(actual: Iterable[float], prediction: Iterable[float]) -> float:
    errors = [abs(y - p) / max(1.0, abs(y)) for y, p in zip(actual, prediction)]
    return math.fsum(errors) / len(errors)


def check_figures(figures: dict[str, float | None], rows: int) -> None:
    """The terms are the same numbers; a plain sum of n of them may be off by n roundings."""
    first, *others = [(name, f) for name, f in figures.items() if f is not None]
    for name, figure in others:
        if not math.isclose(figure, first[1], rel_tol=rows * 2.0**-52):
            raise Failure(f"the MAPE of {name} is {figure!r}, that of {first[0]} {first[1]!r}")


def reported(path: Path) -> float:
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["valid"]["mape"])
    except (ValueError, LookupError, TypeError) as err:
        raise Failure(f"{path} has no number valid.mape") from err


def run(args: argparse.Namespace) -> None:
    sales = read_sales(args.data)
    held = read_held(args.validation)
    check_rows(held, sales, split_rows(sales, args.split, args.horizon))
    actual = [sales[h.row].sales for h in held]
    figures: dict[str, float | None] = {
        "validation_file": mape(actual, (h.prediction for h in held)),
        "bundle": None,
        "metrics": None,
    }
    if args.salesctl:
        flags = [f"--models={args.models}"] if args.models else []
        flags += [f"--model={args.model}"] if args.model else []
        predictions = predict(args.salesctl, flags, [sales[h.row].key for h in held])
        compare_predictions(held, predictions, sales)
        figures["bundle"] = mape(actual, predictions)
    if args.metrics:
        figures["metrics"] = reported(args.metrics)
    print(json.dumps({"rows": len(held), **figures}))
    check_figures(figures, len(held))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="FILE", type=Path, required=True, help="the raw sales that were trained on")
    parser.add_argument("--validation", metavar="FILE", type=Path, required=True,
                        help="what 'train --validation-output' wrote")
    parser.add_argument("--split", choices=["random", "time"], required=True, help="how the rows were held out")
    parser.add_argument("--horizon", metavar="DAYS", type=int, default=90,
                        help="days that --split time holds out (default 90)")
    parser.add_argument("--salesctl", metavar="FILE", help="the program to ask for predictions")
    parser.add_argument("--models", metavar="DIR", help="passed on to 'salesctl predict'")
    parser.add_argument("--model", metavar="NAME", help="passed on to 'salesctl predict'")
    parser.add_argument("--metrics", metavar="FILE", type=Path, help="metrics.json of the bundle")
    args = parser.parse_args()
    try:
        run(args)
    except (Failure, OSError, ValueError, csv.Error) as err:
        sys.exit(f"recompute_mape.py: error: {err}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
