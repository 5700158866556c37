package model_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
)

func Example() {
	dir, err := os.MkdirTemp("", "models")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	content, err := readContent("trees", 0) // what a training made
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, r := context.Background(), model.Open(dir)
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	v, err := r.Put(ctx, "sales", content, model.Provenance{}, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := r.Promote(ctx, "sales", v.ID); err != nil {
		fmt.Println(err)
		return
	}
	b, err := r.Load("sales", "", model.CheckGolden)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.ID[:17], b.Trees.NumTrees(), "trees, valid MAPE", b.Metrics.Valid.MAPE)

	_, err = r.Load("slaes", "", model.CheckGolden)
	fmt.Println(errors.Is(err, model.ErrNotFound), hint.Of(err))
	// Output:
	// 20260102T120000Z- 12 trees, valid MAPE 0.2
	// true did you mean sales?
}
