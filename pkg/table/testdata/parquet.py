"""Writes the Parquet files of this folder: python parquet.py (pyarrow 26 made those committed)."""

import datetime as dt
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
D = decimal.Decimal


def hours(unit, tz=None):
    values = [dt.datetime(2024, 2, 29, 13), None, dt.datetime(1969, 12, 31, 23)]
    return pa.array(values, pa.timestamp(unit, tz=tz))


types = pa.table(
    {
        "date": pa.array([dt.date(2024, 2, 29), None, dt.date(1969, 12, 31)]),
        "ms": hours("ms"),
        "us": hours("us", "UTC"),
        "ns": hours("ns"),
        "midnight": pa.array([dt.datetime(2024, 1, 1), None, dt.datetime(2024, 1, 1, 0, 0, 0, 5)], pa.timestamp("us")),
        "int8": pa.array([-128, None, 127], pa.int8()),
        "int64": pa.array([-(2**63), None, 2**63 - 1], pa.int64()),
        "uint32": pa.array([0, None, 2**32 - 1], pa.uint32()),
        "uint64": pa.array([0, None, 2**64 - 1], pa.uint64()),
        "float": pa.array([0.1, None, float("nan")], pa.float32()),
        "double": pa.array([-0.1, None, 1e21], pa.float64()),
        "dec9": pa.array([D("-1.50"), None, D("0.01")], pa.decimal128(9, 2)),
        "dec18": pa.array([D("-123456789012.345"), None, D("0.000")], pa.decimal128(18, 3)),
        "dec38": pa.array([D(-(10**37)), None, D(1)], pa.decimal128(38, 0)),
        "bool": pa.array([True, None, False]),
        "text": pa.array(["a", None, "ä b"]),
        "large": pa.array(["", None, 'x "y", z'], pa.large_string()),
        "category": pa.array(["q", None, "q"]).dictionary_encode(),
        "bytes": pa.array([b"raw", None, b"\x01"], pa.binary()),
        "null": pa.nulls(3),
        "list": pa.array([[1], None, []], pa.list_(pa.int64())),
        "struct": pa.array([{"a": 1}, None, {"a": 2}]),
        "time": pa.array([dt.time(1), None, dt.time(2)]),
    }
)
pq.write_table(types, HERE / "types.parquet")
pq.write_table(
    types, HERE / "types-plain.parquet", use_dictionary=False, data_page_version="2.0", compression="zstd", row_group_size=2
)
pq.write_table(types.select(["ms", "midnight"]), HERE / "int96.parquet", use_deprecated_int96_timestamps=True)

sales = pa.table(
    {
        "date": pa.array([dt.date(2024, 1, 1 + i % 3) for i in range(6)]),
        "store": ["north", "north", "north", "south", "south", "south"],
        "item": pa.array([10, 10, 10, 2, 2, 2], pa.int32()),
        "sales": [5.0, None, 7.5, 0.0, -1.0, float("nan")],
        "promo": ["", "yes", None, "yes", "no", "yes"],
    }
)
for codec in ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]:
    pq.write_table(sales, HERE / f"sales-{codec}.parquet", compression=codec, row_group_size=4)
pq.write_table(sales.slice(0, 0), HERE / "no-rows.parquet")
