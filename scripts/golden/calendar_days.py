#!/usr/bin/env python3
"""Write pandas' calendar values of every day of 2012-2032, which pkg/features must equal.

    scripts/golden/calendar_days.py [--output pkg/features/testdata/calendar.csv]

The script is not called calendar.py because it would then hide Python's own module of that name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

GOLDEN = Path(__file__).resolve().parents[2] / "pkg" / "features" / "testdata" / "calendar.csv"


def calendar() -> pd.DataFrame:
    day = pd.Series(pd.date_range("2012-01-01", "2032-12-31", freq="D"))
    return pd.DataFrame(
        {
            "date": day.dt.strftime("%Y-%m-%d"),
            "year": day.dt.year,
            "month": day.dt.month,
            "day": day.dt.day,
            "dayofweek": day.dt.day_of_week,
            "is_weekend": (day.dt.day_of_week >= 5).astype(int),
            "is_month_start": day.dt.is_month_start.astype(int),
            "is_month_end": day.dt.is_month_end.astype(int),
            "week": day.dt.isocalendar().week,
            "dayofyear": day.dt.day_of_year,
            "quarter": day.dt.quarter,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="FILE", type=Path, default=GOLDEN)
    args = parser.parse_args()
    args.output.parent.mkdir(parents=True, exist_ok=True)
    calendar().to_csv(args.output, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
