package serve_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

// TestAnswerBelongsToRequest has 64 clients ask for forecasts at once, which the runner batches
// with each other, and compares each answer with the forecast made alone.
func TestAnswerBelongsToRequest(t *testing.T) {
	t.Parallel()
	const clients, requests = 64, 20
	s := newService(t).work(t)
	loaded, ok := s.models.Default()
	if !ok {
		t.Fatal("no model")
	}
	var all errgroup.Group
	for client := range clients {
		all.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(client), 7))
			for range requests {
				want := forecast.Request{
					IDs:    []string{strconv.Itoa(1 + random.IntN(9)), strconv.Itoa(1 + random.IntN(9))},
					Period: day(2024, 1, 1) + calendar.Period(random.IntN(1000)),
				}
				rows, err := loaded.Forecaster.Run(t.Context(), []forecast.Request{want})
				if err != nil {
					return err
				}
				if err := s.asks(want, rows[0].PredictedSales); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	stats, err := s.store.Stats(t.Context(), "")
	if err != nil || stats[jobs.Completed] != clients*requests || stats.Total() != clients*requests {
		t.Errorf("jobs %v, %v, want %d completed", stats, err, clients*requests)
	}
}

// asks waits for the answer to a request and compares it.
func (s *service) asks(want forecast.Request, sales float64) error {
	body := fmt.Sprintf(`{"date":%q,"store":%s,"item":%q}`, calendar.Day.Format(want.Period), want.IDs[0], want.IDs[1])
	r := s.call(http.MethodPost, "/predict", body, "Prefer: wait=30")
	var got struct {
		JobID  string `json:"job_id"`
		Result struct {
			Date           string  `json:"date"`
			Store          int     `json:"store"`
			Item           int     `json:"item"`
			PredictedSales float64 `json:"predicted_sales"`
		} `json:"result"`
	}
	if err := json.UnmarshalRead(r.Body, &got); err != nil {
		return err
	}
	ids := []string{strconv.Itoa(got.Result.Store), strconv.Itoa(got.Result.Item)}
	if r.Code != http.StatusOK || got.Result.Date != calendar.Day.Format(want.Period) || ids[0] != want.IDs[0] || ids[1] != want.IDs[1] ||
		got.Result.PredictedSales != sales || r.Header().Get("Location") != "/status/"+got.JobID {
		return fmt.Errorf("%s: %d %+v, want %v with %v", body, r.Code, got, want, sales)
	}
	return nil
}

// TestBodyIsStoredAsReceived holds what a job keeps, and that it waits in the order of requests.
func TestBodyIsStoredAsReceived(t *testing.T) {
	t.Parallel()
	s := newService(t)
	bodies := []string{
		goodBody,
		" {\"store\": \"1\", \"item\": 2.0,\n \"date\": \"2025-02-03\", \"note\": [1, {}], \"model\": \"sales@champion\"} ",
		`{"date":"2025-02-03","store":1,"item":2,"note":"` + strings.Repeat("x", 1<<19) + `"}`,
	}
	for _, body := range bodies {
		if r := s.call(http.MethodPost, "/predict", body); r.Code != http.StatusAccepted {
			t.Fatalf("%.100s: %d", body, r.Code)
		}
	}
	batch, err := s.store.Take(t.Context(), 10)
	if err != nil || len(batch) != len(bodies) {
		t.Fatalf("%d jobs, %v, want %d", len(batch), err, len(bodies))
	}
	for i, j := range batch {
		if string(j.Payload) != bodies[i] || j.Kind != "predict" || j.MaxAttempts != 5 || !j.Created.Equal(noon()) {
			t.Errorf("job %d: %.100s of kind %s with %d attempts at %s", i, j.Payload, j.Kind, j.MaxAttempts, j.Created)
		}
	}
	if got := batch[1].Model; got != "sales@champion" {
		t.Errorf("model %q, want what the request named", got)
	}
}

// TestContentTypes has what clients say about their JSON.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header string
		want   int
	}{
		{"", 202},
		{"Content-Type: application/json", 202},
		{"Content-Type: application/JSON; charset=utf-8", 202},
		{"Content-Type: application/vnd.shop+json", 202},
		{"Content-Type: text/plain", 415},
		{"Content-Type: application/x-www-form-urlencoded", 415},
		{"Content-Type: json", 415},
		{"Content-Type: ;", 415},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			if got := newService(t).call(http.MethodPost, "/predict", goodBody, tt.header).Code; got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
		})
	}
}

// TestBodyThatDoesNotArrive has bodies that end before their Content-Length, or exceed what is
// read without one.
func TestBodyThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		body   io.Reader
		length int64
		want   int
	}{
		{"cut", strings.NewReader(goodBody), 100, 400},
		{"endless", endless{}, -1, 413},
		{"too long by its own account", strings.NewReader(goodBody), 2 << 20, 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/predict", tt.body)
			r.ContentLength = tt.length
			w := httptest.NewRecorder()
			newService(t).handler.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%d: %s, want %d", w.Code, w.Body, tt.want)
			}
		})
	}
}

// endless is a body of blanks.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// BenchmarkPredict compares the whole of POST /predict on the memory engine with a handler that
// does the least that can be called the same: read JSON, keep it under a new id, answer.
func BenchmarkPredict(b *testing.B) {
	store := jobs.NewMemory(jobs.Config{MaxPending: 1 << 30, WriteQueue: 1, Now: noon})
	models := serve.NewModels(model.Open(registryDir), serve.ModelsConfig{Name: "sales", Forecast: forecast.Default(), Now: noon})
	background(b, models.Run)
	if err := models.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	cfg := serve.Default()
	cfg.Now = noon
	for _, bb := range []struct {
		name    string
		handler http.Handler
	}{
		{"bare", &bare{jobs: make(map[string]bareJob)}},
		{"salesctl", serve.New(store, models, cfg).Handler()},
	} {
		b.Run("handler="+bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(goodBody))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				bb.handler.ServeHTTP(w, r)
				if w.Code != http.StatusAccepted {
					b.Fatalf("%d: %s", w.Code, w.Body)
				}
			}
		})
	}
}

type bareJob struct {
	Date  string `json:"date"`
	Store int    `json:"store"`
	Item  int    `json:"item"`
}

type bare struct {
	mu   sync.Mutex
	jobs map[string]bareJob
}

func (h *bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var job bareJob
	if err := json.UnmarshalRead(r.Body, &job); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id := uuid.Must(uuid.NewV7()).String()
	h.mu.Lock()
	h.jobs[id] = job
	h.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = fmt.Fprintf(w, `{"job_id":%q,"status":"pending","submitted_at":%q}`, id, noon().Format("2006-01-02T15:04:05.000000"))
}
