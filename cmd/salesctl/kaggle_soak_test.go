//go:build soak

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// kaggleSHA256 is that of train.csv of Kaggle's store-item demand data, 913,000 rows.
const kaggleSHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"

var dataPath = flag.String("data", "", "sales to train on instead of a generated file of the same shape")

// TestSoakOriginal trains the original's recipe on 913,000 rows, recomputes the held-out MAPE from
// the raw file and from the bundle, and trains the same matrix by Python. On the Kaggle file the
// figure must be the original's own.
func TestSoakOriginal(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	sales := *dataPath
	if sales == "" {
		sales = in("sales.csv")
		writeSample(t, sales, 500, 1826)
	}
	salesctl(t, "preprocess", sales, "--output", in("matrix.parquet"))
	got := trainJSON(t, "--features", in("matrix.parquet"), "--validation-output", in("validation.csv"), "--models", in("models"))
	t.Logf("held-out MAPE %v at iteration %d of %d", got.Metrics.Valid.MAPE, got.Metrics.BestIteration, got.Metrics.Iterations)
	python(t, "scripts/recompute_mape.py", "--data", sales, "--validation", in("validation.csv"), "--split", "random",
		"--salesctl", program(t), "--models", in("models"), "--model", "sales", "--metrics", filepath.Join(got.ModelDir, "metrics.json"))
	python(t, "scripts/train.py", "--features", in("matrix.parquet"), "--config", "../../configs/seed.yaml",
		"--output", in("model.txt"), "--metrics", in("metrics.json"))
	if !bytes.Equal(treesOf(t, in("model.txt")), treesOf(t, filepath.Join(got.ModelDir, "trees.txt"))) {
		t.Error("the trees of scripts/train.py differ from those of train")
	}
	text, err := os.ReadFile(sales)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if hex.EncodeToString(sum[:]) != kaggleSHA256 {
		t.Log("not the Kaggle file: its figure is not checked")
		return
	}
	if figure := fmt.Sprintf("%.6f", got.Metrics.Valid.MAPE); figure != "0.133428" || got.Metrics.BestIteration != 997 {
		t.Errorf("MAPE %s at iteration %d, the original's is 0.133428 at 997", figure, got.Metrics.BestIteration)
	}
}
