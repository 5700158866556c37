package serve_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

// someDay is a request that the models of the tests answer.
func someDay() forecast.Request {
	return forecast.Request{IDs: []string{"1", "2"}, Period: day(2025, 2, 14)}
}

// day returns the period of a day in daily data.
func day(year, month, day int) calendar.Period {
	return calendar.Period(calendar.NewDate(year, month, day))
}

// newModels returns Models of a registry whose default champion is loaded; Run has ended.
func newModels(tb testing.TB, reg *counted) *serve.Models {
	tb.Helper()
	m := serve.NewModels(reg, serve.ModelsConfig{Name: "sales", Forecast: forecast.Default(), Now: time.Now})
	ctx, cancel := context.WithCancel(tb.Context())
	cancel()
	if err := m.Run(ctx); err != nil { // looks once
		tb.Fatal(err)
	}
	return m
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	reg := &counted{Registry: model.Open(dir)}
	first, second := publish(t, reg.Registry, "sales", 0), publish(t, reg.Registry, "sales", 1)
	promote(t, reg.Registry, "sales", first)
	promote(t, reg.Registry, "sales", second)
	broken := publish(t, reg.Registry, "sales", 2)
	damage(t, dir, "sales", broken)
	other := publish(t, reg.Registry, "other", 1) // the same content as second
	m := newModels(t, reg)

	tests := []struct {
		name, ref, wantName, want string
		wantErr                   error
	}{
		{"the default", "", "sales", second, nil},
		{"its name", "sales", "sales", second, nil},
		{"the champion", "@champion", "sales", second, nil},
		{"the previous one", "sales@previous", "sales", first, nil},
		{"an id", "@" + first, "sales", first, nil},
		{"another model of the same content", "other@" + other, "other", other, nil},
		{"a model without a champion", "other", "", "", model.ErrNotFound},
		{"no such model", "nothing", "", "", model.ErrNotFound},
		{"no such version", "@20200101T000000Z-00000000", "", "", model.ErrNotFound},
		{"no such alias", "@best", "", "", model.ErrNotFound},
		{"an alias of nothing", "@challenger", "", "", model.ErrNotFound},
		{"the beginning of several ids", "@2026", "", "", model.ErrBadRef},
		{"no reference", "sales@", "", "", model.ErrBadRef},
		{"a path", "../sales", "", "", model.ErrBadRef},
		{"a damaged version", "@" + broken, "", "", model.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, err := m.Find(t.Context(), tt.ref)
			if !errors.Is(err, tt.wantErr) || (err == nil) != (tt.wantErr == nil) {
				t.Fatalf("Find(%q) = %v, want %v", tt.ref, err, tt.wantErr)
			}
			if err == nil && (l.Bundle.Name != tt.wantName || l.Bundle.ID != tt.want || l.Forecaster.Bundle() != l.Bundle) {
				t.Errorf("Find(%q) = %s@%s, want %s@%s", tt.ref, l.Bundle.Name, l.Bundle.ID, tt.wantName, tt.want)
			}
		})
	}
}

func TestFindWithoutDefault(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	id := publish(t, reg.Registry, "sales", 0)
	m := newModels(t, reg)
	if _, err := m.Find(t.Context(), ""); !errors.Is(err, serve.ErrNoModel) {
		t.Errorf("the default: %v, want ErrNoModel", err)
	}
	if l, err := m.Find(t.Context(), "@"+id); err != nil || l.Bundle.ID != id {
		t.Errorf("a pinned version: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Find(ctx, "@"+id); !errors.Is(err, context.Canceled) {
		t.Errorf("after a cancel: %v", err)
	}
}

func TestDefaultNeedsNoDisk(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	promote(t, reg.Registry, "sales", publish(t, reg.Registry, "sales", 0))
	m := newModels(t, reg)
	reg.failing.Store(true)
	for _, ref := range []string{"", "sales", "sales@champion", "@champion"} {
		if _, err := m.Find(t.Context(), ref); err != nil {
			t.Errorf("Find(%q) with a disk that fails: %v", ref, err)
		}
	}
	if _, err := m.Find(t.Context(), "@previous"); !errors.Is(err, errDisk) {
		t.Errorf("another version with a disk that fails: %v, want its error", err)
	}
}

func TestRecentVersionsStayLoaded(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	const kept = 8
	ids := make([]string, kept+1)
	for i := range ids {
		ids[i] = publish(t, reg.Registry, "sales", i)
	}
	m := newModels(t, reg)
	find := func(i int, wantLoads int64) {
		t.Helper()
		before := reg.loads.Load()
		l, err := m.Find(t.Context(), "@"+ids[i])
		if err != nil || l.Bundle.ID != ids[i] {
			t.Fatalf("version %d: %v", i, err)
		}
		if got := reg.loads.Load() - before; got != wantLoads {
			t.Errorf("version %d: %d loads, want %d", i, got, wantLoads)
		}
	}
	for i := range kept {
		find(i, 1)
	}
	for i := range kept { // 0 was used first and is used again last
		find(kept-1-i, 0)
	}
	find(kept, 1)   // pushes 7 out
	find(0, 0)      // used last
	find(kept-2, 0) // used just after 7
	find(kept-1, 1)
	if reg.loads.Load() != reg.golden.Load() {
		t.Error("a version was loaded without its golden rows")
	}
}

func TestOneLoadForAll(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	id := publish(t, reg.Registry, "sales", 0)
	m := newModels(t, reg)
	reg.gate = make(chan struct{})
	const callers = 16
	got := make([]*serve.Loaded, callers)
	var g errgroup.Group
	for i := range callers {
		g.Go(func() (err error) {
			got[i], err = m.Find(t.Context(), "@"+id)
			return err
		})
	}
	until(t, func() bool { return reg.resolved.Load() == callers })
	close(reg.gate)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if loads := reg.loads.Load(); loads != 1 || len(slices.Compact(got)) != 1 {
		t.Errorf("%d loads and %d versions for %d callers, want 1", loads, len(slices.Compact(got)), callers)
	}
}

// TestSwapUnderLoad is the promise that a promotion or a rollback beside a busy server fails no
// request, and that every answer is the one of the version that it names.
func TestSwapUnderLoad(t *testing.T) {
	t.Parallel()
	const moves, callers = 50, 8
	f := follow(t, forecast.Default())
	want := make(map[string]float64) // version -> its answer
	for i := range 3 {
		id := publish(f, f.reg.Registry, "sales", i)
		l, err := newModels(f, f.reg).Find(f.Context(), "@"+id)
		if err != nil {
			f.Fatal(err)
		}
		row, err := answer(f.Context(), l.Forecaster, someDay())
		if err != nil {
			f.Fatal(err)
		}
		want[id] = row.PredictedSales
		promote(f, f.reg.Registry, "sales", id)
	}
	f.look()

	stop := make(chan struct{})
	var g errgroup.Group
	seen := make([]map[string]int, callers)
	for i := range callers {
		seen[i] = make(map[string]int)
		g.Go(func() error { return ask(f, i, want, seen[i], stop) })
	}
	move(f, moves, want)
	close(stop)
	if err := g.Wait(); err != nil {
		f.Fatal(err)
	}
	answered := make(map[string]bool)
	for _, counts := range seen {
		for id := range counts {
			answered[id] = true
		}
	}
	if len(answered) != len(want) {
		f.Errorf("%d versions answered, want %d", len(answered), len(want))
	}
	if strings.Contains(f.log.String(), "refused") {
		f.Error(f.log.String())
	}
}

// ask asks for forecasts until stop is closed, by references that all mean good versions.
func ask(f *followed, seed int, want map[string]float64, seen map[string]int, stop <-chan struct{}) error {
	refs := []string{"", "@champion", "@previous", "sales"}
	for id := range want {
		refs = append(refs, "@"+id)
	}
	for n := seed; ; n++ {
		select {
		case <-stop:
			return nil
		default:
		}
		ref := refs[n%len(refs)]
		l, err := f.models.Find(f.Context(), ref)
		if err != nil {
			return fmt.Errorf("find %q: %w", ref, err)
		}
		row, err := answer(f.Context(), l.Forecaster, someDay())
		if err != nil {
			return err
		}
		if wanted, ok := want[row.ModelVersion]; !ok || math.Float64bits(row.PredictedSales) != math.Float64bits(wanted) {
			return fmt.Errorf("%s answers %v, want %v", row.ModelVersion, row.PredictedSales, wanted)
		}
		if ref == "" {
			seen[row.ModelVersion]++
		}
	}
}

// move promotes the versions in turn and rolls every promotion back, each time until the move has
// its effect.
func move(f *followed, times int, want map[string]float64) {
	f.Helper()
	ids := slices.Sorted(maps.Keys(want))
	reg := model.Open(f.dir) // as another process has it
	for n := range times {
		var a model.Aliases
		var err error
		if n%2 == 0 {
			a, err = reg.Promote(f.Context(), "sales", ids[n/2%len(ids)])
		} else {
			a, err = reg.Rollback(f.Context(), "sales")
		}
		if err != nil {
			f.Fatal(err)
		}
		until(f, func() bool {
			l, _ := f.models.Default()
			return l.Bundle.ID == a.Champion
		})
	}
}

func BenchmarkFind(b *testing.B) {
	reg := &counted{Registry: model.Open(b.TempDir())}
	first := publish(b, reg.Registry, "sales", 0)
	promote(b, reg.Registry, "sales", publish(b, reg.Registry, "sales", 1))
	m := newModels(b, reg)
	for _, bb := range []struct{ name, ref string }{{"default", ""}, {"kept", "@" + first}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Find(b.Context(), bb.ref); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
