#!/usr/bin/env python3
"""Write what scikit-learn's train_test_split draws, which pkg/train must draw as well.

For each number of rows n: the first ten row numbers of both parts, and the SHA-256 of each part
as little-endian int64. One row cannot be split; scikit-learn refuses it.

    scripts/golden/split.py [--output pkg/train/testdata/split.json]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

GOLDEN = Path(__file__).resolve().parents[2] / "pkg" / "train" / "testdata" / "split.json"
ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31, 32, 33, 64, 65, 100, 999, 1000, 1024, 1025, 20000, 65536, 65537, 913000]


def golden(n: int) -> dict:
    try:
        train, test = train_test_split(np.arange(n), test_size=0.2, random_state=42)
    except ValueError:
        return {"n": n, "refused": True}
    return {"n": n, "train": part(train), "test": part(test)}


def part(rows: np.ndarray) -> dict:
    return {
        "len": len(rows),
        "first": rows[:10].tolist(),
        "sha256": hashlib.sha256(rows.astype("<i8").tobytes()).hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="FILE", type=Path, default=GOLDEN)
    args = parser.parse_args()
    args.output.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(golden(n)) for n in ROWS)
    args.output.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
