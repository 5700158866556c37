#!/usr/bin/env python3
"""Make the golden models of pkg/trees with LightGBM's Python package.

For each case it writes NAME.txt, a small text model, and NAME.csv, rows with the raw score and
the prediction LightGBM gives them, every number in its shortest form that reads back exactly.
cut/NAME.N.txt is what save_model(num_iteration=N) writes, up to the parameters.

    python scripts/golden/trees.py pkg/trees/testdata/golden

Needs lightgbm==4.7.0 and numpy.
"""

import argparse
import csv
import math
from pathlib import Path

import lightgbm as lgb
import numpy as np

NUM_ROWS = 400
NAMES = ["price", "load", "age", "rain", "shop", "item"]
SHOP, ITEM = 4, 5  # categories: few enough for one-hot splits, and more than 64

ODD = [
    math.nan, 0.0, -0.0, math.inf, -math.inf, -0.5, -1.0, 2.7, 1e300, -1e300,
    1e-36, -1e-36, float(np.float32(1e-35)), -float(np.float32(1e-35)), 1e-34, -1e-34,
    31.0, 32.0, 64.0, 149.0, 2.0**31 - 1, 2.0**31, 2.0**32 + 1, -(2.0**31) - 1,
]  # fmt: skip

FIXED = {
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
    "num_leaves": 6,
    "min_data_in_leaf": 5,
    "num_iterations": 5,
    "learning_rate": 0.3,
}


def make_rows(rng: np.random.Generator) -> np.ndarray:
    """Six columns: two dense, one with NaN, one mostly zero, two of categories."""
    x = np.empty((NUM_ROWS, len(NAMES)))
    x[:, 0] = rng.normal(size=NUM_ROWS).round(2)
    x[:, 1] = rng.normal(scale=30, size=NUM_ROWS).round(1)
    x[:, 2] = rng.integers(0, 40, NUM_ROWS)
    x[rng.random(NUM_ROWS) < 0.2, 2] = np.nan
    x[:, 3] = rng.normal(size=NUM_ROWS).round(1) * (rng.random(NUM_ROWS) < 0.4)
    x[:, SHOP] = rng.integers(0, 4, NUM_ROWS)
    x[:, ITEM] = rng.integers(0, 150, NUM_ROWS)
    return x


def make_target(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A target every column has a part in."""
    age = np.where(np.isnan(x[:, 2]), 55, x[:, 2])
    wave = np.sin(x[:, ITEM]) * 6
    y = 3 * x[:, 0] + x[:, 1] / 10 + age / 8 + 4 * (x[:, 3] == 0) + 2 * (x[:, SHOP] % 3) + wave
    return (y + rng.normal(scale=0.5, size=len(y))).round(2)


def numeric_splits(model: lgb.Booster) -> list[tuple[int, float]]:
    """Feature and threshold of each numeric split."""
    found = []
    todo = [tree["tree_structure"] for tree in model.dump_model()["tree_info"]]
    while todo:
        node = todo.pop(0)
        if "split_feature" in node:
            todo += [node["left_child"], node["right_child"]]
            if node["decision_type"] == "<=":
                found.append((node["split_feature"], node["threshold"]))
    return found


def probe_rows(x: np.ndarray, model: lgb.Booster, rng: np.random.Generator) -> np.ndarray:
    """Rows that reach every rule: training rows, thresholds and their neighbours, odd values."""
    rows = [x[i] for i in range(12)]
    for value in ODD:
        row = x[rng.integers(len(x))].copy()
        row[rng.integers(x.shape[1])] = value
        rows.append(row)
    for value in (math.nan, 0.0, -0.5, 2.0**31):
        rows.append(np.full(x.shape[1], value))
    for feature, threshold in numeric_splits(model)[:10]:
        for value in (threshold, math.nextafter(threshold, math.inf)):
            row = x[rng.integers(len(x))].copy()
            row[feature] = value
            rows.append(row)
    return np.array(rows)


def cases(x: np.ndarray, y: np.ndarray) -> dict[str, tuple[dict, np.ndarray, np.ndarray, dict]]:
    """Name -> parameters, rows, target and arguments of Dataset."""
    full = np.where(np.isnan(x), 20, x)
    numeric = full[:, :4]
    size = np.abs(y).round()
    thirds = np.digitize(y, np.quantile(y, [1 / 3, 2 / 3])).astype(float)
    chance = ((y - y.min()) / (y.max() - y.min())).round(3)
    both = {"categorical_feature": [SHOP, ITEM]}
    queries = {"group": [20] * (NUM_ROWS // 20)}
    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "feature_fraction": 0.8}

    made = {
        "numeric": ({"objective": "regression"}, numeric, y, {}),
        "missing_nan": ({"objective": "regression"}, x[:, :4], y, {}),
        "missing_nan_left": ({"objective": "regression"}, x[:, :4], np.where(np.isnan(x[:, 2]), -20, y), {}),
        "missing_none": ({"objective": "regression", "use_missing": False}, x[:, :4], y, {}),
        "missing_zero": ({"objective": "regression", "zero_as_missing": True}, x[:, :4], y, {}),
        "categorical": ({"objective": "regression", "min_data_per_group": 5, "cat_smooth": 1}, x, y, both),
        "one_hot": ({"objective": "regression"}, x[:, :5], y, {"categorical_feature": [SHOP]}),
        "one_leaf": ({"objective": "regression"}, numeric, np.full(NUM_ROWS, 2.25), {}),
        "one_feature": ({"objective": "regression"}, numeric[:, :1], y, {}),
        "names": ({"objective": "regression"}, numeric, y, {"feature_name": ["a=b", "é", "c=1=2", "_"]}),
        "monotone": ({"objective": "regression", "monotone_constraints": [1, 0, -1, 0]}, numeric, y, {}),
        "linear": ({"objective": "regression", "linear_tree": True}, x, y, both),
        "sqrt": ({"objective": "regression", "reg_sqrt": True}, numeric, y, {}),
        "l1": ({"objective": "regression_l1"}, numeric, y, {}),
        "l1_sqrt": ({"objective": "regression_l1", "reg_sqrt": True}, numeric, y, {}),
        "huber": ({"objective": "huber"}, numeric, y, {}),
        "fair": ({"objective": "fair"}, numeric, y, {}),
        "quantile": ({"objective": "quantile", "alpha": 0.8}, numeric, y, {}),
        "mape": ({"objective": "mape"}, numeric, y, {}),
        "poisson": ({"objective": "poisson"}, numeric, size, {}),
        "gamma": ({"objective": "gamma"}, numeric, size + 1, {}),
        "tweedie": ({"objective": "tweedie"}, numeric, size, {}),
        "binary": ({"objective": "binary", "sigmoid": 1.7}, x, (y > 5).astype(float), both),
        "multiclass": ({"objective": "multiclass", "num_class": 3}, numeric, thirds, {}),
        "multiclass_absent": ({"objective": "multiclass", "num_class": 4}, numeric, thirds, {}),
        "multiclassova": ({"objective": "multiclassova", "num_class": 3, "sigmoid": 0.8}, numeric, thirds, {}),
        "cross_entropy": ({"objective": "cross_entropy"}, numeric, chance, {}),
        "cross_entropy_lambda": ({"objective": "cross_entropy_lambda"}, numeric, chance, {}),
        "lambdarank": ({"objective": "lambdarank"}, numeric, thirds, queries),
        "rank_xendcg": ({"objective": "rank_xendcg"}, numeric, thirds, queries),
        "dart": ({"objective": "regression", "boosting": "dart", "drop_rate": 0.5}, numeric, y, {}),
        "goss": ({"objective": "regression", "data_sample_strategy": "goss"}, numeric, y, {}),
        "forest": ({"objective": "regression", **forest}, numeric, y, {}),
        "forest_binary": ({"objective": "binary", **forest}, numeric, (y > 5).astype(float), {}),
        "forest_multiclass": ({"objective": "multiclass", "num_class": 3, **forest}, numeric, thirds, {}),
        "custom": ({"objective": lambda score, data: (score - data.get_label(), np.ones(NUM_ROWS))}, numeric, y, {}),
    }
    for _, rows, _, arguments in made.values():
        arguments.setdefault("feature_name", NAMES[: rows.shape[1]])
    return made


def write_rows(path: Path, rows: np.ndarray, model: lgb.Booster) -> None:
    raw = model.predict(rows, raw_score=True).reshape(len(rows), -1)
    prediction = model.predict(rows).reshape(len(rows), -1)
    with path.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(
            [f"x{i}" for i in range(rows.shape[1])]
            + [f"raw{i}" for i in range(raw.shape[1])]
            + [f"prediction{i}" for i in range(raw.shape[1])]
        )
        for values in np.hstack([rows, raw, prediction]):
            out.writerow([repr(float(v)) for v in values])


def make_rules() -> lgb.Booster:
    """A tree of one split for each rule and threshold; its leaves are 0 and a power of two, so
    that a row's raw score tells which way it went in every tree."""
    numeric = [0, 2, 4, 6, 8, 10]  # decision_type: missing none, zero, NaN; default right, left
    zero = float(np.float32(1e-35))
    thresholds = [-1.0, -1e-34, -zero, -1e-36, -0.0, 0.0, 1e-36, zero]
    splits = [(decision, repr(threshold), "") for decision in numeric for threshold in thresholds]
    for decision in (1, 9):  # categorical: the sets {0, 31} and {1, 33, 64}
        for words in ([2**31 + 1], [2, 2, 1]):
            lists = f"cat_boundaries=0 {len(words)}\ncat_threshold={' '.join(map(str, words))}\n"
            splits.append((decision, "0", lists))

    blocks = [
        f"Tree={i}\nnum_leaves=2\nnum_cat={1 if lists else 0}\nsplit_feature=0\nsplit_gain=1\n"
        f"threshold={threshold}\ndecision_type={decision}\nleft_child=-1\nright_child=-2\n"
        f"leaf_value={2**i} 0\nleaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=2\n"
        f"internal_count=2\n{lists}is_linear=0\nshrinkage=1\n\n\n"
        for i, (decision, threshold, lists) in enumerate(splits)
    ]
    return load_blocks(blocks, splits=len(blocks))


def make_linear_rules() -> lgb.Booster:
    """A constant, then a linear tree of one leaf whose score shows what becomes of tiny values."""
    shape = "num_cat=0\nsplit_feature=\nthreshold=\ndecision_type=\nleft_child=\nright_child=\n"
    return load_blocks(
        [
            f"Tree=0\nnum_leaves=1\n{shape}leaf_value=0\nis_linear=0\nshrinkage=1\n\n\n",
            f"Tree=1\nnum_leaves=1\n{shape}leaf_value=7\nis_linear=1\nleaf_const=0\nnum_features=1\n"
            "leaf_features=0  \nleaf_coeff=1e30  \nshrinkage=1\n\n\n",
        ],
        splits=0,
    )


def load_blocks(blocks: list[str], splits: int) -> lgb.Booster:
    """The model of one feature with these trees."""
    head = (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\n"
        "objective=regression\nfeature_names=x\nfeature_infos=[-1:1]\n"
        f"tree_sizes={' '.join(str(len(block)) for block in blocks)}\n\n"
    )
    importances = f"x={splits}\n" if splits else ""
    tail = (
        f"end of trees\n\nfeature_importances:\n{importances}\n"
        "parameters:\n[boosting: gbdt]\n\nend of parameters\n\npandas_categorical:null\n"
    )
    return lgb.Booster(model_str=head + "".join(blocks) + tail)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="directory to write to")
    output: Path = parser.parse_args().output
    (output / "cut").mkdir(parents=True, exist_ok=True)

    odd = np.array([[value] for value in [*ODD, 1.0, 33.0, 33.9, 65.0]])
    for name, rules in {"rules": make_rules(), "rules_linear": make_linear_rules()}.items():
        rules.save_model(output / f"{name}.txt")
        write_rows(output / f"{name}.csv", odd, rules)

    rng = np.random.default_rng(7)
    x = make_rows(rng)
    y = make_target(x, rng)
    for name, (params, rows, target, arguments) in cases(x, y).items():
        model = lgb.train(FIXED | params, lgb.Dataset(rows, target, **arguments))
        model.save_model(output / f"{name}.txt")
        write_rows(output / f"{name}.csv", probe_rows(rows, model, rng), model)
        if name in {"numeric", "categorical", "multiclass", "linear", "names", "dart"}:
            for iterations in (1, 3, model.num_trees() // model.num_model_per_iteration()):
                head, _, _ = model.model_to_string(num_iteration=iterations).partition("\nparameters:")
                (output / "cut" / f"{name}.{iterations}.txt").write_text(head, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
