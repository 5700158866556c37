package serve_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// submit has the service accept a request, and returns the path of its job.
func (s *service) submit(tb testing.TB) string {
	tb.Helper()
	r := s.call(http.MethodPost, "/predict", goodBody)
	if r.Code != http.StatusAccepted {
		tb.Fatalf("POST /predict: %d %s", r.Code, r.Body.String())
	}
	return r.Header().Get("Location")
}

// complete ends the oldest job after a while, in the background.
func (s *service) complete(tb testing.TB, after time.Duration) {
	tb.Helper()
	background(tb, func(ctx context.Context) error {
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return nil
		}
		batch, err := s.store.Take(ctx, 1)
		if err != nil {
			return err
		}
		batch[0].State, batch[0].Finished, batch[0].Result = jobs.Completed, noon(), []byte(`{}`)
		return s.store.Finish(ctx, batch)
	})
}

// TestWaits has the requests that wait for the end of a job, by a clock that only their waiting
// moves.
func TestWaits(t *testing.T) {
	t.Parallel()
	const never = time.Hour
	tests := []struct {
		name      string
		ends      time.Duration // when the job does
		query     string        // of a GET for the job; "" is a POST
		header    string
		took      time.Duration
		status    int
		state     string
		preferred string
	}{
		{"a poll that does not wait", never, "?wait=0", "", 0, 200, "pending", ""},
		{"a job that ends in time", 5 * time.Second, "?wait=30", "", 5 * time.Second, 200, "completed", ""},
		{"a job that takes longer", never, "?wait=30", "", 30 * time.Second, 200, "pending", ""},
		{"a job that ends after the wait", 5 * time.Second, "?wait=4", "", 4 * time.Second, 200, "pending", ""},
		{"the client has this state and waits for another", 5 * time.Second, "?wait=30", `If-None-Match: "pending-0"`, 5 * time.Second, 200, "completed", ""},
		{"the client has this state, and it stays", never, "?wait=3", `If-None-Match: W/"x", W/"pending-0"`, 3 * time.Second, 304, "", ""},
		{"the client has any state", never, "?wait=0", "If-None-Match: *", 0, 304, "", ""},
		{"a preference that is met", 2 * time.Second, "", "Prefer: wait=10", 2 * time.Second, 200, "completed", "wait=10"},
		{"a preference that is not met", never, "", "Prefer: wait=10", 10 * time.Second, 202, "pending", ""},
		{"a preference beyond the longest wait", never, "", "Prefer: wait=3600", 30 * time.Second, 202, "pending", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			load(t)
			synctest.Test(t, func(t *testing.T) {
				s := newService(t)
				method, target, body := http.MethodPost, "/predict", goodBody
				if tt.query != "" {
					method, target, body = http.MethodGet, s.submit(t)+tt.query, ""
				}
				s.complete(t, tt.ends)
				begun := time.Now()
				r := s.call(method, target, body, tt.header)
				if took := time.Since(begun); took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if r.Code != tt.status || r.Header().Get("Preference-Applied") != tt.preferred {
					t.Errorf("status %d, applied %q, want %d, %q", r.Code, r.Header().Get("Preference-Applied"), tt.status, tt.preferred)
				}
				if got := r.Body.String(); !strings.Contains(got, tt.state) || (tt.state == "") != (got == "") {
					t.Errorf("body %q, want a %s job", got, tt.state)
				}
			})
		})
	}
}

func TestWaitEndsWithTheClient(t *testing.T) {
	t.Parallel()
	load(t)
	synctest.Test(t, func(t *testing.T) {
		s := newService(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, s.submit(t)+"?wait=30", nil)
		begun := time.Now()
		s.handler.ServeHTTP(httptest.NewRecorder(), r)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("took %s, want the client's second", took)
		}
	})
}

// TestETagChanges holds that an unchanged job is not sent again, and a changed one is.
func TestETagChanges(t *testing.T) {
	t.Parallel()
	s := newService(t)
	job := s.submit(t)
	tag := s.call(http.MethodGet, job, "").Header().Get("ETag")
	if got := s.call(http.MethodGet, job, "", "If-None-Match: "+tag); got.Code != http.StatusNotModified || got.Header().Get("ETag") != tag {
		t.Errorf("the same job: %d with %s, want 304 with %s", got.Code, got.Header().Get("ETag"), tag)
	}
	s.work(t)
	s.call(http.MethodGet, job+"?wait=30", "")
	if got := s.call(http.MethodGet, job, "", "If-None-Match: "+tag); got.Code != http.StatusOK || got.Header().Get("ETag") == tag {
		t.Errorf("a completed job: %d with %s, want 200 with another one", got.Code, got.Header().Get("ETag"))
	}
}
