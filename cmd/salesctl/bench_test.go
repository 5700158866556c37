package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/salesctl/salesctl/pkg/model"
)

// BenchmarkPredictProcess runs `predict` for one row as a process of its own, from start to
// exit, with a bundle of the seed recipe's size: 1000 trees of depth 5.
func BenchmarkPredictProcess(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "salesctl")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	models := filepath.Join(b.TempDir(), "models")
	train := exec.CommandContext(b.Context(), bin, "train", sales20000, "--models", models, "--set", "lightgbm.early_stopping_round=0",
		"--set", "lightgbm.learning_rate=0.01") // so slow that the best iteration is one of the last
	if out, err := train.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	bundle, err := model.Open(models).Load("sales", "", model.CheckSums)
	if err != nil {
		b.Fatal(err)
	}
	for _, engine := range []string{"trees", "leaves"} {
		b.Run("engine="+engine, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), bin, "predict", "--models", models,
					"--date", "2024-01-01", "--store", "1", "--item", "1", "--engine", engine)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
			b.ReportMetric(float64(bundle.Trees.NumTrees()), "trees")
		})
	}
}
