package serve_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/serve"
)

// TestReadyzChecks has conditions of the caller's own.
func TestReadyzChecks(t *testing.T) {
	t.Parallel()
	fine := serve.Check{Name: "store", Func: func(context.Context) error { return nil }}
	full := serve.Check{Name: "disk", Func: func(context.Context) error { return errors.New("only 4 % free") }}
	slow := serve.Check{Name: "slow", Func: func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	tests := []struct {
		name   string
		checks []serve.Check
		query  string
		status int
		want   string
	}{
		{"all is well", []serve.Check{fine}, "", 200, "ok\n"},
		{"all is well, in words", []serve.Check{fine}, "?verbose", 200, "[+]shutdown ok\n[+]model ok\n[+]store ok\nreadyz check passed\n"},
		{"one is not", []serve.Check{full, fine}, "", 503, "[+]shutdown ok\n[+]model ok\n[-]disk failed: only 4 % free\n[+]store ok\nreadyz check failed\n"},
		{"one does not answer", []serve.Check{slow}, "?verbose=1", 503, "[+]shutdown ok\n[+]model ok\n[-]slow failed: context deadline exceeded\nreadyz check failed\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			load(t)
			synctest.Test(t, func(t *testing.T) {
				s := newService(t, func(cfg *serve.Config) { cfg.Checks = tt.checks })
				begun := time.Now()
				r := s.call(http.MethodGet, "/readyz"+tt.query, "")
				if got := r.Body.String(); r.Code != tt.status || got != tt.want || time.Since(begun) > 2*time.Second {
					t.Errorf("%d after %s: %q, want %d: %q", r.Code, time.Since(begun), got, tt.status, tt.want)
				}
			})
		})
	}
}

// TestRefusedVersionIsShown has a champion that cannot be used, beside the one before it.
func TestRefusedVersionIsShown(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	first, second := publish(t, f.reg.Registry, "sales", 0), publish(t, f.reg.Registry, "sales", 1)
	promote(t, f.reg.Registry, "sales", first)
	f.look()
	f.promoteDamaged(second)
	f.look()
	s := (&service{models: f.models}).with(jobs.NewMemory(engineConfig()))
	compareGolden(t, "readyz_refused", "GET /readyz?verbose", s.call(http.MethodGet, "/readyz?verbose", ""))
	compareGolden(t, "status_refused", "GET /status", s.call(http.MethodGet, "/status", ""))
}

// TestFirstVersionIsRefused has a champion that cannot be used, and none before it.
func TestFirstVersionIsRefused(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	id := publish(t, f.reg.Registry, "sales", 0)
	damage(t, f.dir, "sales", id)
	f.reg.still.Lock()
	err := os.WriteFile(filepath.Join(f.dir, "sales", "aliases.json"), []byte(`{"champion":"`+id+`"}`+"\n"), 0o600)
	f.reg.still.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	f.look()
	s := (&service{models: f.models}).with(jobs.NewMemory(engineConfig()))
	compareGolden(t, "predict_first_refused", "POST /predict", s.call(http.MethodPost, "/predict", goodBody))
	compareGolden(t, "readyz_first_refused", "GET /readyz", s.call(http.MethodGet, "/readyz", ""))
}
