package serve_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

// followed is Models whose Run follows a registry with a clock of the test's own.
type followed struct {
	*testing.T
	dir    string
	reg    *counted
	models *serve.Models
	log    syncBuffer
	now    atomic.Int64 // Unix seconds
}

// follow returns Models that run until the test ends. The registry's directory does not exist yet.
func follow(t *testing.T, cfg forecast.Config) *followed {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "models")
	f := &followed{T: t, dir: dir, reg: &counted{Registry: model.Open(dir)}}
	f.models = serve.NewModels(f.reg, serve.ModelsConfig{
		Name: "sales", Forecast: cfg, Poll: time.Millisecond, Log: zerolog.New(&f.log),
		Now: func() time.Time { return time.Unix(f.now.Load(), 0) },
	})
	background(t, f.models.Run)
	return f
}

// look waits until Run has looked at the aliases, from the first step to the last, after the call.
func (f *followed) look() {
	f.Helper()
	begun := f.reg.looks.Load()
	until(f, func() bool { return f.reg.looks.Load() >= begun+2 })
}

// promoteDamaged moves the alias to a version that is damaged in the same moment.
func (f *followed) promoteDamaged(id string) {
	f.Helper()
	f.reg.still.Lock()
	promote(f, f.reg.Registry, "sales", id)
	damage(f, f.dir, "sales", id)
	f.reg.still.Unlock()
}

// pass lets time pass on the clock, and what is due happen.
func (f *followed) pass(d time.Duration) {
	f.Helper()
	f.now.Add(int64(d / time.Second))
	f.look()
}

// answers fails the test unless that version answers, "" for none.
func (f *followed) answers(when, want string) {
	f.Helper()
	got := ""
	if l, ok := f.models.Default(); ok {
		got = l.Bundle.ID
	}
	if got != want {
		f.Errorf("%s: version %q answers, want %q", when, got, want)
	}
}

// refuses fails the test unless that version is refused, and lines with "model refused" logged.
func (f *followed) refuses(when, want string, lines int) {
	f.Helper()
	got, err := f.models.Refused()
	if got != want || (want != "") != (err != nil) {
		f.Errorf("%s: refused %q (%v), want %q", when, got, err, want)
	}
	if got := strings.Count(f.log.String(), "model refused"); got != lines {
		f.Errorf("%s: %d lines about it, want %d:\n%s", when, got, lines, f.log.String())
	}
}

func TestFirstModel(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	f.pass(time.Minute)
	f.answers("without a registry", "")
	f.refuses("without a registry", "", 0)
	if _, err := f.models.Find(f.Context(), ""); !errors.Is(err, serve.ErrNoModel) {
		f.Errorf("Find = %v, want ErrNoModel", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- f.models.Wait(f.Context()) }()

	id := publish(f, f.reg.Registry, "sales", 0)
	f.look()
	f.answers("without a champion", "")
	f.refuses("without a champion", "", 0)
	select {
	case err := <-waited:
		f.Errorf("Wait = %v without a model", err)
	default:
	}
	promote(f, f.reg.Registry, "sales", id)
	f.look()
	f.answers("with the first champion", id)
	if err := <-waited; err != nil {
		f.Errorf("Wait = %v", err)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	m := serve.NewModels(model.Open("none"), serve.ModelsConfig{Name: "sales", Now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v, want context.Canceled", err)
	}
}

func TestSwapAndRollback(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	a, b := publish(f, f.reg.Registry, "sales", 0), publish(f, f.reg.Registry, "sales", 1)
	promote(f, f.reg.Registry, "sales", a)
	f.look()
	f.answers("at first", a)
	promote(f, f.reg.Registry, "sales", b)
	f.look()
	f.answers("after the promotion", b)
	if _, err := f.reg.Rollback(f.Context(), "sales"); err != nil {
		f.Fatal(err)
	}
	f.look()
	f.answers("after the rollback", a)
	f.pass(time.Minute)
	if loads, golden := f.reg.loads.Load(), f.reg.golden.Load(); loads != 3 || golden != 3 {
		f.Errorf("%d loads, %d of them with golden rows, want 3", loads, golden)
	}
	if got := strings.Count(f.log.String(), "\n"); got != 3 {
		f.Errorf("%d log lines, want one per version:\n%s", got, f.log.String())
	}
}

func TestDamagedVersionIsRefused(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	a, b, c := publish(f, f.reg.Registry, "sales", 0), publish(f, f.reg.Registry, "sales", 1), publish(f, f.reg.Registry, "sales", 2)
	promote(f, f.reg.Registry, "sales", a)
	f.look()
	f.promoteDamaged(b)
	f.look()
	f.answers("a damaged champion", a)
	f.refuses("a damaged champion", b, 1)
	loads := f.reg.loads.Load()
	f.pass(20 * time.Second)
	if got := f.reg.loads.Load(); got != loads {
		f.Errorf("%d loads within 20 s of the refusal, want none", got-loads)
	}
	f.pass(15 * time.Second)
	if got := f.reg.loads.Load(); got != loads+1 {
		f.Errorf("%d loads within 35 s of the refusal, want 1", got-loads)
	}
	f.refuses("after another try", b, 1)

	promote(f, f.reg.Registry, "sales", c)
	f.look()
	f.answers("a good champion after it", c)
	f.refuses("a good champion after it", "", 1)

	damage(f, f.dir, "sales", b) // undone
	promote(f, f.reg.Registry, "sales", b)
	f.look()
	f.answers("the version without its damage", b)
}

func TestFailedReadIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	a, b := publish(f, f.reg.Registry, "sales", 0), publish(f, f.reg.Registry, "sales", 1)
	promote(f, f.reg.Registry, "sales", a)
	f.look()
	f.reg.failing.Store(true)
	promote(f, f.reg.Registry, "sales", b)
	f.look()
	f.refuses("a disk that fails", b, 1)
	f.reg.failing.Store(false)
	f.pass(30 * time.Second)
	f.answers("a disk that has failed", b)
	f.refuses("a disk that has failed", "", 1)
}

func TestRegistryThatDisappears(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	id := publish(f, f.reg.Registry, "sales", 0)
	promote(f, f.reg.Registry, "sales", id)
	f.look()
	away := f.dir + " away"
	if err := os.Rename(f.dir, away); err != nil {
		f.Fatal(err)
	}
	f.pass(time.Minute)
	f.answers("without the registry", id)
	if version, err := f.models.Refused(); version != "" || !errors.Is(err, model.ErrNotFound) {
		f.Errorf("refused %q (%v), want no version and ErrNotFound", version, err)
	}
	if err := os.Rename(away, f.dir); err != nil {
		f.Fatal(err)
	}
	f.look()
	f.refuses("with the registry again", "", 1)
	if got := f.reg.loads.Load(); got != 1 {
		f.Errorf("%d loads, want 1", got)
	}
}

func TestVersionThatSettingsCannotServe(t *testing.T) {
	t.Parallel()
	cfg := forecast.Default()
	cfg.Horizon = 0
	f := follow(t, cfg)
	id := publish(f, f.reg.Registry, "sales", 0)
	promote(f, f.reg.Registry, "sales", id)
	f.look()
	f.answers("a horizon of 0", "")
	f.refuses("a horizon of 0", id, 1)
}
