package serve_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// lines returns what was logged, without the values that differ from run to run.
func lines(tb testing.TB, log string) []map[string]any {
	tb.Helper()
	var all []map[string]any
	for text := range strings.Lines(log) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			tb.Fatalf("%v: %s", err, text)
		}
		for key, value := range line {
			if s, ok := value.(string); ok {
				line[key] = anyID.ReplaceAllString(s, "ID")
			}
		}
		delete(line, "remote")
		all = append(all, line)
	}
	return all
}

// TestRequestLog holds the line of each kind of request.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, request, body string
		headers             []string
		want                map[string]any
	}{
		{
			name: "an accepted job", request: "POST /predict", body: goodBody,
			want: map[string]any{"level": "info", "request_id": "ID", "method": "POST", "route": "/predict", "status": 202.0, "job_id": "ID", "bytes": 113.0},
		},
		{
			name: "the id of the client", request: "GET /jobs", headers: []string{"X-Request-Id: abc"},
			want: map[string]any{"level": "info", "request_id": "abc", "method": "GET", "route": "/jobs", "status": 200.0, "bytes": 64.0},
		},
		{
			name: "a job that is not there", request: "GET /status/01900000-0000-7000-8000-000000000000",
			want: map[string]any{"level": "info", "request_id": "ID", "method": "GET", "route": "/status/{job_id}", "status": 404.0, "code": "job_not_found", "job_id": "ID", "error": "job not found", "bytes": 149.0},
		},
		{
			name: "a path that is not there", request: "GET /%1b%5b31m/x", headers: []string{"X-Request-Id: a\x1bb"},
			want: map[string]any{"level": "info", "request_id": "ID", "method": "GET", "route": "/", "path": "/\x1b[31m/x", "status": 404.0, "code": "not_found", "bytes": 198.0},
		},
		{
			name: "a cause", request: "POST /predict", body: `{"model":"sales@nobody"}`,
			want: map[string]any{"level": "info", "request_id": "ID", "method": "POST", "route": "/predict", "status": 400.0, "code": "model_not_found", "error": "sales@nobody: not found", "bytes": 196.0},
		},
		{
			name: "a probe", request: "GET /livez",
			want: map[string]any{"level": "debug", "request_id": "ID", "method": "GET", "route": "/livez", "status": 200.0, "bytes": 3.0},
		},
		{
			name: "another probe", request: "HEAD /readyz",
			want: map[string]any{"level": "debug", "request_id": "ID", "method": "HEAD", "route": "/readyz", "status": 200.0, "bytes": 3.0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			method, target, _ := strings.Cut(tt.request, " ")
			r := s.call(method, target, tt.body, tt.headers...)
			if got := r.Header().Get("X-Request-Id"); anyID.ReplaceAllString(got, "ID") != tt.want["request_id"] {
				t.Errorf("X-Request-Id %q, want %v", got, tt.want["request_id"])
			}
			tt.want["ms"], tt.want["message"] = 0.0, "request"
			if diff := cmp.Diff([]map[string]any{tt.want}, lines(t, s.log.String())); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRequestIDsDiffer has requests without an id of their own.
func TestRequestIDsDiffer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	seen := make(map[string]bool)
	for range 100 {
		seen[s.call(http.MethodGet, "/livez", "").Header().Get("X-Request-Id")] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d ids in 100 answers", len(seen))
	}
}
