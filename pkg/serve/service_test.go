package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// registryDir is a registry that a release wrote: the model sales, stores 1 to 3 with items 1 and 2.
const registryDir = "../model/testdata/backcompat/1"

// loadReleased returns the released model. A bubble of synctest cannot read a bundle, whose
// decompression has goroutines for the whole process: its test loads the model before.
var loadReleased = sync.OnceValues(func() (*model.Bundle, error) {
	return model.Open(registryDir).Load("sales", "", model.CheckSums)
})

// load loads the released model before a bubble begins.
func load(tb testing.TB) {
	tb.Helper()
	if _, err := loadReleased(); err != nil {
		tb.Fatal(err)
	}
}

// oneVersion is a registry with one version of one model, or none at all.
type oneVersion struct{ *model.Bundle }

func (r oneVersion) Aliases(name string) (model.Aliases, error) {
	id, err := r.Resolve(name, "")
	return model.Aliases{Champion: id}, err
}

func (r oneVersion) Resolve(name, ref string) (string, error) {
	if r.Bundle == nil || name != r.Name || ref != "" && ref != "champion" && ref != r.ID {
		return "", fmt.Errorf("%s@%s: %w", name, ref, model.ErrNotFound)
	}
	return r.ID, nil
}

func (r oneVersion) Load(string, string, model.Check) (*model.Bundle, error) { return r.Bundle, nil }

// goodBody is a request that the model can answer.
const goodBody = `{"date":"2025-02-03","store":1,"item":2}`

// noon is the time of the clock of the tests.
func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 123_456_000, time.UTC) }

// service is a Server in front of the memory engine and a loaded model.
type service struct {
	*serve.Server

	handler http.Handler
	store   *jobs.Memory
	models  *serve.Models
	log     *syncBuffer
}

// newService returns a service without a runner: its jobs stay pending.
func newService(tb testing.TB, changes ...func(*serve.Config)) *service {
	tb.Helper()
	b, err := loadReleased()
	if err != nil {
		tb.Fatal(err)
	}
	s := newServiceOf(tb, oneVersion{b}, changes...)
	if err := s.models.Wait(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

// newServiceOf is newService with another registry, whose model is not waited for.
func newServiceOf(tb testing.TB, registry oneVersion, changes ...func(*serve.Config)) *service {
	tb.Helper()
	s := &service{store: jobs.NewMemory(engineConfig())}
	s.models = serve.NewModels(registry, serve.ModelsConfig{
		Name: "sales", Forecast: forecast.Default(), Now: noon, Log: zerolog.Nop(),
	})
	background(tb, s.models.Run)
	background(tb, s.store.Run)
	return s.with(s.store, changes...)
}

// store is what a Server needs of an engine.
type store interface {
	Submit(ctx context.Context, batch []*jobs.Job) error
	jobs.Reader
}

// with returns a service with the models of s, a log of its own and another store.
func (s *service) with(st store, changes ...func(*serve.Config)) *service {
	cfg := serve.Default()
	log := new(syncBuffer)
	cfg.Version, cfg.Engine, cfg.Durability = "1.2.3", "memory", "none"
	cfg.Now, cfg.Log = noon, zerolog.New(log)
	for _, change := range changes {
		change(&cfg)
	}
	server := serve.New(st, s.models, cfg)
	return &service{Server: server, handler: server.Handler(), store: s.store, models: s.models, log: log}
}

func engineConfig() jobs.Config {
	cfg := jobs.Default()
	cfg.Now = noon
	return cfg
}

// work runs the jobs of the service.
func (s *service) work(tb testing.TB) *service {
	tb.Helper()
	cfg := jobs.DefaultRunner()
	cfg.Now = noon
	background(tb, jobs.NewRunner(s.store, serve.NewHandler(s.models), cfg).Run)
	return s
}

// call sends a request, with headers as "Name: value", to the handler.
func (s *service) call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// background runs a function until the test ends.
func background(tb testing.TB, run func(context.Context) error) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
