package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sales20000 is the generated data of scripts/golden/sales20k.py.
const sales20000 = "testdata/sales-20000.csv"

// salesctl runs a command that must succeed and returns what it printed.
func salesctl(t *testing.T, args ...string) []byte {
	t.Helper()
	p := newProcess(t, append(args, "--log-level", "warn")...)
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("salesctl %s: exit code %d\n%s", strings.Join(args, " "), code, p.Stderr.String())
	}
	return p.Stdout.Bytes()
}

// trainJSON trains and returns what train -o json prints.
func trainJSON(t *testing.T, args ...string) trainResult {
	t.Helper()
	var r trainResult
	if err := json.Unmarshal(salesctl(t, append([]string{"train", "-o", "json"}, args...)...), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// treesOf returns the trees of a version up to LightGBM's parameters, which Python's differ in.
func treesOf(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	trees, _, ok := bytes.Cut(text, []byte("\nparameters:"))
	if !ok {
		t.Fatalf("%s has no parameters", path)
	}
	return trees
}

// TestTrainEqualsPython compares with testdata/sales-20000.json, which scripts/golden/sales20k.py
// made with pandas, scikit-learn and Python's LightGBM.
func TestTrainEqualsPython(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/sales-20000.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []struct {
		Split         string  `json:"split"`
		ValidMAPE     float64 `json:"valid_mape"`
		BestIteration int     `json:"best_iteration"`
		Iterations    int     `json:"iterations"`
		TreesSHA256   string  `json:"trees_sha256"`
	}
	if err := json.Unmarshal(data, &goldens); err != nil {
		t.Fatal(err)
	}
	if len(goldens) != 2 {
		t.Fatalf("%d goldens, want one per split", len(goldens))
	}
	for _, want := range goldens {
		t.Run(want.Split, func(t *testing.T) {
			t.Parallel()
			got := trainJSON(t, sales20000, "--split", want.Split, "--models", t.TempDir())
			m := got.Metrics
			// The sums of 4,000 errors are added in another order.
			if math.Abs(m.Valid.MAPE-want.ValidMAPE) > 1e-12*want.ValidMAPE {
				t.Errorf("held-out MAPE %v, Python's is %v", m.Valid.MAPE, want.ValidMAPE)
			}
			if m.BestIteration != want.BestIteration || m.Iterations != want.Iterations {
				t.Errorf("best iteration %d of %d, Python's is %d of %d", m.BestIteration, m.Iterations, want.BestIteration, want.Iterations)
			}
			sum := sha256.Sum256(treesOf(t, filepath.Join(got.ModelDir, "trees.txt")))
			if hex.EncodeToString(sum[:]) != want.TreesSHA256 {
				t.Error("the trees are not Python's")
			}
		})
	}
}

// TestDigestDependsOnDataAndConfigAlone trains the same thing in other directories, from other
// files, with other threads.
func TestDigestDependsOnDataAndConfigAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	few := []string{"--set", "lightgbm.num_iterations=20"}
	ways := [][]string{
		{sales20000, "--set", "lightgbm.num_threads=1"},
		{sales20000, "--set", "lightgbm.num_threads=2"},
	}
	for _, name := range []string{"m.csv", "m.parquet"} {
		matrix := filepath.Join(dir, name)
		salesctl(t, "preprocess", sales20000, "--output", matrix)
		ways = append(ways, []string{"--features", matrix})
	}
	var first trainResult
	for i, way := range ways {
		got := trainJSON(t, append(append(way, few...), "--models", t.TempDir())...)
		if i == 0 {
			first = got
		}
		if got.Digest != first.Digest {
			t.Errorf("train %s: digest %s, train %s: %s", strings.Join(way, " "), got.Digest, strings.Join(ways[0], " "), first.Digest)
		}
	}
	other := trainJSON(t, sales20000, "--set", "lightgbm.num_iterations=21", "--models", t.TempDir())
	if other.Digest == first.Digest {
		t.Error("another number of iterations gave the same digest")
	}
}

// TestPythonTwin trains by scripts/train.py on the matrix that preprocess wrote.
func TestPythonTwin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ split, matrix string }{{"random", "m.csv"}, {"time", "m.parquet"}} {
		t.Run(tt.split, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			matrix, model := filepath.Join(dir, tt.matrix), filepath.Join(dir, "model.txt")
			salesctl(t, "preprocess", sales20000, "--output", matrix)
			got := trainJSON(t, "--features", matrix, "--split", tt.split, "--models", filepath.Join(dir, "models"))
			python(t, "scripts/train.py", "--features", matrix, "--config", "../../configs/seed.yaml", "--split", tt.split,
				"--output", model, "--metrics", filepath.Join(dir, "metrics.json"))
			if !bytes.Equal(treesOf(t, model), treesOf(t, filepath.Join(got.ModelDir, "trees.txt"))) {
				t.Error("the trees of scripts/train.py differ from those of train")
			}
		})
	}
}

// TestRecomputedMAPE recomputes the held-out MAPE from the raw CSV and the validation file, and
// from the bundle through predict.
func TestRecomputedMAPE(t *testing.T) {
	t.Parallel()
	for _, split := range []string{"random", "time"} {
		t.Run(split, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			validation, models := filepath.Join(dir, "validation.csv"), filepath.Join(dir, "models")
			got := trainJSON(t, sales20000, "--split", split, "--validation-output", validation, "--models", models)
			python(t, "scripts/recompute_mape.py", "--data", sales20000, "--validation", validation, "--split", split,
				"--salesctl", program(t), "--models", models, "--model", "sales", "--metrics", filepath.Join(got.ModelDir, "metrics.json"))
		})
	}
}

// python runs a script of the project by the Python of `make venv`.
func python(t *testing.T, script string, args ...string) {
	t.Helper()
	interpreter := filepath.Join("..", "..", ".venv", "bin", "python")
	if _, err := os.Stat(interpreter); err != nil {
		t.Fatalf("no Python packages: run 'make venv' (%v)", err)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, append([]string{filepath.Join("..", "..", script)}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// program returns a file that runs as salesctl: the one testscript put on the PATH.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("salesctl")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
