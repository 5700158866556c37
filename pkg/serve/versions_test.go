package serve_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
)

// content is what a training makes that differs from the one of registryDir in its ids' names, and by
// more sales in every forecast.
func content(more int, ids ...string) (*model.Content, error) {
	b, err := model.Open(registryDir).Load("sales", "", model.CheckSums)
	if err != nil {
		return nil, err
	}
	spec := *b.Spec
	spec.IDs, spec.Columns = slices.Clone(spec.IDs), slices.Clone(spec.Columns)
	for c, name := range ids {
		for at := range spec.Columns {
			if spec.Columns[at].Name == spec.IDs[c].Name {
				spec.Columns[at].Name = name
			}
		}
		spec.IDs[c].Name = name
	}
	golden := &model.Golden{Features: spec.FeatureNames(), Rows: b.Golden.Rows}
	for _, raw := range b.Golden.Raw {
		golden.Raw = append(golden.Raw, raw+float64(more))
	}
	history := *b.History
	history.IDs = ids
	return &model.Content{
		Method: spec.Method, Spec: &spec, Trees: moreSales(b.TreesText, more), History: &history, Metrics: b.Metrics, Golden: golden,
		Params: b.Manifest.Params, DataDigest: strconv.Itoa(more), ConfigDigest: "config",
	}, nil
}

// moreSales adds a last tree of one leaf, so that every raw score is the old one plus more.
func moreSales(text []byte, more int) []byte {
	last := fmt.Sprintf("Tree=%d\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\n"+
		"left_child=\nright_child=\nleaf_value=%d\nleaf_weight=\nleaf_count=\ninternal_value=\ninternal_weight=\n"+
		"internal_count=\nis_linear=0\nshrinkage=1\n\n\n", bytes.Count(text, []byte("\nTree=")), more)
	const sizes, end = "\ntree_sizes=", "end of trees\n"
	afterSizes := bytes.Index(text, []byte(sizes)) + len(sizes)
	afterSizes += bytes.IndexByte(text[afterSizes:], '\n')
	atEnd := bytes.Index(text, []byte(end))
	return slices.Concat(text[:afterSizes], fmt.Appendf(nil, " %d", len(last)), text[afterSizes:atEnd], []byte(last), text[atEnd:])
}

// publish makes a version of a model, without an alias, and returns its id. Its forecasts are more
// than those of registryDir.
func publish(tb testing.TB, r *model.Registry, name string, more int) string {
	tb.Helper()
	return publishWith(tb, r, name, more, "store", "item")
}

func publishWith(tb testing.TB, r *model.Registry, name string, more int, ids ...string) string {
	tb.Helper()
	c, err := content(more, ids...)
	if err != nil {
		tb.Fatal(err)
	}
	v, err := r.Put(tb.Context(), name, c, model.Provenance{Host: "test"}, noon())
	if err != nil {
		tb.Fatal(err)
	}
	return v.ID
}

func promote(tb testing.TB, r *model.Registry, name, id string) {
	tb.Helper()
	if _, err := r.Promote(tb.Context(), name, id); err != nil {
		tb.Fatal(err)
	}
}

// damage changes a byte of a version's trees.
func damage(tb testing.TB, dir, name, id string) {
	tb.Helper()
	path := filepath.Join(dir, name, "versions", id, "trees.txt")
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// counted is a registry that counts what is asked of it, and fails on demand.
type counted struct {
	*model.Registry
	still                          sync.RWMutex // held for changes that Run shall see as one
	looks, resolved, loads, golden atomic.Int64
	failing                        atomic.Bool
	gate                           chan struct{} // a load waits for it, if it is there
}

var errDisk = errors.New("input/output error")

func (c *counted) Aliases(name string) (model.Aliases, error) {
	c.looks.Add(1)
	c.still.RLock()
	defer c.still.RUnlock()
	return c.Registry.Aliases(name)
}

func (c *counted) Resolve(name, ref string) (string, error) {
	c.resolved.Add(1)
	if c.failing.Load() {
		return "", errDisk
	}
	return c.Registry.Resolve(name, ref)
}

func (c *counted) Load(name, ref string, check model.Check) (*model.Bundle, error) {
	c.loads.Add(1)
	if check == model.CheckGolden {
		c.golden.Add(1)
	}
	if c.gate != nil {
		<-c.gate
	}
	if c.failing.Load() {
		return nil, errDisk
	}
	return c.Registry.Load(name, ref, check)
}

// until waits until a condition holds.
func until(tb testing.TB, holds func() bool) {
	tb.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(100 * time.Microsecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatal("waited 30 s in vain")
		}
	}
}

// answer asks a version that is loaded for a forecast.
func answer(ctx context.Context, f *forecast.Forecaster, r forecast.Request) (forecast.Row, error) {
	rows, err := f.Run(ctx, []forecast.Request{r})
	if err != nil {
		return forecast.Row{}, err
	}
	return rows[0], nil
}
