#!/usr/bin/env python3
"""Write pandas' periods of 1900-2100 for every frequency, which pkg/calendar must equal.

    scripts/golden/calendar_golden.py [--output pkg/calendar/testdata/periods.tsv]

A line holds a frequency and a year: how many labels the year has, the first of them, its Period
ordinal, and the SHA-256 of all of them, joined by line feeds. The ordinals of a frequency follow
each other without a hole, which is asserted here, so every period is covered.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

GOLDEN = Path(__file__).resolve().parents[2] / "pkg" / "calendar" / "testdata" / "periods.tsv"
FIRST_YEAR, LAST_YEAR = 1900, 2100

# The grid of labels, and the Period frequency that counts them.
FREQS = {
    "h": "h",
    "D": "D",
    "B": "B",
    **{f"W-{day}": f"W-{day}" for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")},
    "MS": "M",
    "QS": "Q",
    "YS": "Y",
}


def lines(grid: str, period: str) -> Iterator[list[str | int]]:
    index = pd.date_range(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31 23:00", freq=grid, unit="s")
    ordinals = index.to_period(period).asi8
    assert (np.diff(ordinals) == 1).all(), grid
    labels = np.datetime_as_string(index.to_numpy(), unit="s" if grid == "h" else "D")
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        of_year = index.year == year
        texts = labels[of_year].tolist()
        first = ordinals[of_year][0]
        assert first == pd.Period(index[of_year][0], freq=period).ordinal, (grid, year)
        yield [grid, year, len(texts), texts[0], first, hashlib.sha256("\n".join(texts).encode()).hexdigest()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="FILE", type=Path, default=GOLDEN)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", message="Period with BDay freq is deprecated", category=FutureWarning)
    warnings.filterwarnings("ignore", message="PeriodDtype\\[B\\] is deprecated", category=FutureWarning)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with args.output.open("w", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(["freq", "year", "count", "first", "ordinal", "sha256"])
        for grid, period in FREQS.items():
            table.writerows(lines(grid, period))


if __name__ == "__main__":
    main()
