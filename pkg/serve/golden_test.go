package serve_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
)

var update = flag.Bool("update", false, "write testdata/*.json anew")

// golden is what a file of testdata holds: one answer.
type golden struct {
	Request string            `json:"request"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    jsontext.Value    `json:"body"`
}

// anyID is how ids of jobs and requests look.
var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// compareGolden compares an answer with testdata/name.json. Ids are replaced; a text is a JSON
// string there.
func compareGolden(t *testing.T, name, request string, r *httptest.ResponseRecorder) {
	t.Helper()
	got := golden{Request: request, Status: r.Code, Headers: make(map[string]string)}
	for h := range r.Header() {
		got.Headers[h] = anyID.ReplaceAllString(r.Header().Get(h), "ID")
	}
	body := anyID.ReplaceAllString(r.Body.String(), "ID")
	if strings.HasPrefix(r.Header().Get("Content-Type"), "text/plain") || body == "" {
		quoted, err := jsontext.AppendQuote(nil, body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(quoted)
	}
	got.Body = jsontext.Value(body)
	file, err := json.Marshal(got, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	file = append(file, '\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(file)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestAnswers holds every route and every error that a request alone can bring about to its
// recorded answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 32) + strings.Repeat("]", 32)
	tests := []struct {
		name, request string // METHOD TARGET
		body          string
		headers       []string
	}{
		{name: "predict", request: "POST /predict", body: goodBody},
		{name: "predict_numbers_in_other_forms", request: "POST /predict", body: `{"date":"2025-02-03","store":"1","item":1e0,"note":[{}]}`},
		{name: "predict_waited", request: "POST /predict", body: goodBody, headers: []string{"Prefer: respond-async, wait=30"}},
		{name: "predict_by_alias", request: "POST /predict", body: `{"date":"2025-02-03","store":1,"item":2,"model":"sales@champion"}`, headers: []string{"Prefer: wait=99"}},
		{name: "predict_missing_fields", request: "POST /predict", body: `{"store":"x"}`},
		{name: "predict_date_in_another_form", request: "POST /predict", body: `{"date":"30/12/2025","store":1,"item":1}`},
		{name: "predict_every_field_wrong", request: "POST /predict", body: `{"date":"2025-02-30","store":0,"item":1.5}`},
		{name: "predict_empty", request: "POST /predict"},
		{name: "predict_no_members", request: "POST /predict", body: "{}"},
		{name: "predict_list", request: "POST /predict", body: "[]"},
		{name: "predict_null", request: "POST /predict", body: "null"},
		{name: "predict_cut", request: "POST /predict", body: `{"date":`},
		{name: "predict_not_json", request: "POST /predict", body: "date=2025-02-03"},
		{name: "predict_duplicate", request: "POST /predict", body: `{"store":1,"store":2}`},
		{name: "predict_not_utf8", request: "POST /predict", body: "{\"date\":\"\xff\"}"},
		{name: "predict_too_deep", request: "POST /predict", body: `{"a":` + deep + `}`},
		{name: "predict_trailing", request: "POST /predict", body: goodBody + goodBody},
		{name: "predict_too_large", request: "POST /predict", body: strings.Repeat(" ", 1<<20+1)},
		{name: "predict_form", request: "POST /predict", body: "date=1", headers: []string{"Content-Type: application/x-www-form-urlencoded"}},
		{name: "predict_model_of_wrong_type", request: "POST /predict", body: `{"model":1}`},
		{name: "predict_model_unknown", request: "POST /predict", body: `{"date":"2025-02-03","store":1,"item":2,"model":"sale"}`},
		{name: "predict_version_unknown", request: "POST /predict", body: `{"model":"sales@20200101T000000Z-00000000"}`},
		{name: "predict_model_malformed", request: "POST /predict", body: `{"model":"../x"}`},
		{name: "predict_wrong_method", request: "GET /predict"},
		{name: "status_wrong_method", request: "POST /status"},
		{name: "jobs_wrong_method", request: "DELETE /jobs"},
		{name: "unknown_path", request: "GET /no/such/path"},
		{name: "status", request: "GET /status"},
		{name: "status_head", request: "HEAD /status"},
		{name: "job_unknown", request: "GET /status/01900000-0000-4000-8000-000000000000"},
		{name: "job_malformed", request: "GET /status/no-such-job"},
		{name: "job_not_utf8", request: "GET /status/%ff%22"},
		{name: "job_bad_wait", request: "GET /status/01900000-0000-4000-8000-000000000000?wait=31"},
		{name: "job_bad_wait_text", request: "GET /status/01900000-0000-4000-8000-000000000000?wait=1s"},
		{name: "job_other_parameter", request: "GET /status/01900000-0000-4000-8000-000000000000?_=1700000000"},
		{name: "jobs", request: "GET /jobs"},
		{name: "jobs_bad_status", request: "GET /jobs?status=done"},
		{name: "jobs_bad_limit", request: "GET /jobs?limit=1001"},
		{name: "jobs_bad_limit_zero", request: "GET /jobs?limit=0"},
		{name: "jobs_bad_cursor", request: "GET /jobs?cursor=AAAA"},
		{name: "jobs_unknown_parameter", request: "GET /jobs?page=2&limit=5"},
		{name: "jobs_repeated_parameter", request: "GET /jobs?limit=5&limit=6"},
		{name: "jobs_malformed_query", request: "GET /jobs?limit=%zz"},
		{name: "livez", request: "GET /livez"},
		{name: "readyz", request: "GET /readyz"},
		{name: "readyz_verbose", request: "GET /readyz?verbose"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			if len(tt.headers) > 0 {
				s.work(t)
			}
			method, target, _ := strings.Cut(tt.request, " ")
			compareGolden(t, tt.name, tt.request, s.call(method, target, tt.body, tt.headers...))
		})
	}
}

// TestAnswersOfJobs shows jobs in the states that a client may see.
func TestAnswersOfJobs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tests := []struct {
		name string
		job  jobs.Job
	}{
		{"job_completed", jobs.Job{State: jobs.Completed, Result: []byte(`{"predicted_sales":1.5}`)}},
		{"job_failed", jobs.Job{State: jobs.Failed, Fault: &jobs.Fault{Code: "model_gone", Message: `The model "x" is gone`}}},
		{"job_canceled", jobs.Job{State: jobs.Canceled}},
		{"job_processing", jobs.Job{State: jobs.Pending}},
		{"job_pending", jobs.Job{State: jobs.Pending}},
	}
	for i, tt := range tests {
		id, err := jobs.NewID()
		if err != nil {
			t.Fatal(err)
		}
		job := tt.job
		job.ID, job.Created = id, noon()
		want := job.State
		job.State = jobs.Pending
		if err := s.store.Submit(t.Context(), []*jobs.Job{&job}); err != nil {
			t.Fatal(err)
		}
		if tt.name != "job_pending" {
			taken, err := s.store.Take(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if want.Final() {
				last := *taken[0]
				last.State, last.Result, last.Fault, last.Finished = want, tt.job.Result, tt.job.Fault, noon()
				if err := s.store.Finish(t.Context(), []*jobs.Job{&last}); err != nil {
					t.Fatal(err)
				}
			}
		}
		compareGolden(t, tt.name, "GET /status/ID", s.call(http.MethodGet, "/status/"+strings.ToUpper(id.String()), ""))
		if i == len(tests)-1 {
			compareGolden(t, "jobs_all", "GET /jobs", s.call(http.MethodGet, "/jobs", ""))
			compareGolden(t, "jobs_failed", "GET /jobs?status=failed", s.call(http.MethodGet, "/jobs?status=failed", ""))
			compareGolden(t, "status_of_jobs", "GET /status", s.call(http.MethodGet, "/status", ""))
		}
	}
}

// bundleOfFreq returns the released model as one of data with another frequency, which end with the
// last period that begins before February 2025.
func bundleOfFreq(t *testing.T, freq calendar.Freq) *model.Bundle {
	t.Helper()
	released, err := loadReleased()
	if err != nil {
		t.Fatal(err)
	}
	_, last := freq.Around(calendar.Time{Date: calendar.NewDate(2025, 2, 1)})
	last--
	b, spec, history := *released, *released.Spec, *released.History
	spec.Freq, spec.FirstDate, spec.LastDate = freq, freq.Start(last-399), freq.Start(last)
	history.Period = slices.Repeat([]calendar.Period{last}, history.Len())
	b.Spec, b.History = &spec, &history
	return &b
}

// TestAnswersOfEveryFreq asks models of other data than daily ones for a date that their frequency
// has and for one that it has not.
func TestAnswersOfEveryFreq(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		freq calendar.Freq
		date string
	}{
		{"predict_weekly", calendar.WeekSun, "2025-02-09"},
		{"predict_weekly_off_grid", calendar.WeekSun, "2025-02-03"},
		{"predict_hourly", calendar.Hour, "2025-02-01T05:00:00"},
		{"predict_hourly_without_hour", calendar.Hour, "2025-02-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServiceOf(t, oneVersion{bundleOfFreq(t, tt.freq)}).work(t)
			if err := s.models.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			body := fmt.Sprintf(`{"date":%q,"store":1,"item":2}`, tt.date)
			compareGolden(t, tt.name, "POST /predict", s.call(http.MethodPost, "/predict", body, "Prefer: wait=30"))
		})
	}
}

// withCovariates returns the released model with covariates in the places of its ids: a static
// number, of which every series has 2, and a text that must be known ahead.
func withCovariates(t *testing.T) *model.Bundle {
	t.Helper()
	released, err := loadReleased()
	if err != nil {
		t.Fatal(err)
	}
	b, spec, history := *released, *released.Spec, *released.History
	const covariates = `[{"name":"size","use":"static"},{"name":"promo","use":"known_future","levels":["none","small","big"]}]`
	if err := json.Unmarshal([]byte(covariates), &spec.Covariates); err != nil {
		t.Fatal(err)
	}
	spec.Features.IDs = false
	history.Static = [][]float64{slices.Repeat([]float64{2}, history.Len())}
	b.Spec, b.History = &spec, &history
	return &b
}

func TestAnswersWithCovariates(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, members string }{
		{"predict_covariates", `"promo":"big"`},
		{"predict_covariates_all", `"promo":"none","size":3.5`},
		{"predict_unseen_value", `"promo":"huge","size":null`},
		{"predict_known_future_missing", `"size":3`},
		{"predict_known_future_null", `"promo":null`},
		{"predict_bad_values", `"promo":2,"size":"3"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServiceOf(t, oneVersion{withCovariates(t)}).work(t)
			if err := s.models.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			body := `{"date":"2025-02-03","store":1,"item":2,` + tt.members + `}`
			compareGolden(t, tt.name, "POST /predict", s.call(http.MethodPost, "/predict", body, "Prefer: wait=30"))
		})
	}
}

// TestAnswersWithoutModel is a server that was started before anything was trained.
func TestAnswersWithoutModel(t *testing.T) {
	t.Parallel()
	s := newServiceOf(t, oneVersion{})
	compareGolden(t, "predict_no_model", "POST /predict", s.call(http.MethodPost, "/predict", goodBody))
	compareGolden(t, "status_no_model", "GET /status", s.call(http.MethodGet, "/status", ""))
	compareGolden(t, "readyz_no_model", "GET /readyz", s.call(http.MethodGet, "/readyz", ""))
}

// brokenStore refuses with err what is submitted.
type brokenStore struct {
	*jobs.Memory
	err error
}

func (s brokenStore) Submit(context.Context, []*jobs.Job) error { return s.err }

func (s brokenStore) Stats(context.Context, string) (jobs.Stats, error) { panic(s.err) }

// TestAnswersOfBrokenStore has the errors that a store may return, and those nobody thought of.
func TestAnswersOfBrokenStore(t *testing.T) {
	t.Parallel()
	secret := errors.New("the secret cause")
	tests := []struct {
		name string
		err  error
	}{
		{"predict_backlog_full", jobs.ErrBacklogFull},
		{"predict_storage_full", jobs.ErrStorage},
		{"predict_draining", jobs.ErrClosed},
		{"predict_internal", secret},
		{"predict_client_gone", context.Canceled},
	}
	whole := newService(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := whole.with(brokenStore{whole.store, fmt.Errorf("insert: %w", tt.err)})
			compareGolden(t, tt.name, "POST /predict", s.call(http.MethodPost, "/predict", goodBody))
		})
	}
	t.Run("panic", func(t *testing.T) {
		t.Parallel()
		s := whole.with(brokenStore{whole.store, secret})
		compareGolden(t, "status_panic", "GET /status", s.call(http.MethodGet, "/status", "", "X-Request-Id: mine"))
		log := s.log.String()
		for _, want := range []string{`"level":"error"`, `"request_id":"mine"`, "the secret cause", "golden_test.go"} {
			if !strings.Contains(log, want) {
				t.Errorf("the log lacks %s: %s", want, log)
			}
		}
	})
}
