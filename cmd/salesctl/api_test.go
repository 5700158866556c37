package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// object is a JSON object as a client sees it. Its numbers are json.Number, so that 16 and 16.0
// differ, as they do for clients in Python.
type object = map[string]any

// response is what a server said.
type response struct {
	code   int
	header http.Header
	body   object // nil when it is no JSON object
	text   string
}

// api is a client of one server.
type api struct {
	client *http.Client
	url    string
}

func newAPI(t *testing.T, url string) *api {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &api{&http.Client{Transport: transport, Timeout: 40 * time.Second}, url}
}

// send returns the answer to one request. Headers are pairs of a name and a value.
func (a *api) send(method, path, body string, headers ...string) (*response, error) {
	request, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	raw, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer raw.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(raw.Body)
	if err != nil {
		return nil, err
	}
	got := &response{code: raw.StatusCode, header: raw.Header, text: string(text)}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&got.body) != nil {
		got.body = nil
	}
	return got, nil
}

// call is send for a test: there must be an answer, with this code and a JSON object.
func (a *api) call(t *testing.T, code int, method, path, body string, headers ...string) *response {
	t.Helper()
	got, err := a.send(method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if got.code != code || got.body == nil {
		t.Fatalf("%s %s %s: %d %s, want %d and a JSON object", method, path, body, got.code, got.text, code)
	}
	return got
}

// jobs returns how many jobs are in a state.
func (a *api) jobs(t *testing.T, state string) int64 {
	t.Helper()
	counts, _ := a.call(t, http.StatusOK, http.MethodGet, "/status", "").body["jobs_by_status"].(object)
	return wholeOf(t, counts[state])
}

// submit posts a request that must be accepted and returns the job as it is then.
func (a *api) submit(t *testing.T, body string) object {
	t.Helper()
	return a.call(t, http.StatusAccepted, http.MethodPost, "/predict", body).body
}

// completed polls a job as old clients do until it is completed. On the way it may only go
// forward.
func (a *api) completed(t *testing.T, id any) object {
	t.Helper()
	order := []string{"pending", "processing", "completed"}
	seen := 0
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		job := a.call(t, http.StatusOK, http.MethodGet, "/status/"+textOf(t, id), "").body
		if job["job_id"] != id {
			t.Fatalf("asked for job %v, got %v", id, job)
		}
		at := slices.Index(order, textOf(t, job["status"]))
		if at < seen {
			t.Fatalf("a job that was %s: %v", order[seen], job)
		}
		if seen = at; order[at] == "completed" {
			return job
		}
	}
	t.Fatalf("job %v is not completed after 30 s", id)
	return nil
}

// refused posts a body that must be a fault of the client's: 400 and an error, which is want
// where that is not "". Old clients compare a status with "completed", so there must be none.
func (a *api) refused(t *testing.T, body, want string) {
	t.Helper()
	got := a.call(t, http.StatusBadRequest, http.MethodPost, "/predict", body)
	message := textOf(t, got.body["error"])
	if message == "" || want != "" && message != want {
		t.Errorf("POST /predict %q: error %q, want %q", body, message, want)
	}
	if _, there := got.body["status"]; there || got.body["code"] == nil || got.body["request_id"] == nil {
		t.Errorf("POST /predict %q: %v, want code and request_id and no status", body, got.body)
	}
}

func textOf(t *testing.T, value any) string {
	t.Helper()
	text, ok := value.(string)
	if !ok {
		t.Fatalf("%v is a %T, want text", value, value)
	}
	return text
}

// timeOf reads a time as the original wrote it: UTC, without a zone.
func timeOf(t *testing.T, value any) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05.000000", textOf(t, value))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func wholeOf(t *testing.T, value any) int64 {
	t.Helper()
	number, ok := value.(json.Number)
	if !ok {
		t.Fatalf("%v is a %T, want a number", value, value)
	}
	whole, err := number.Int64()
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// checkResult reports a result that is not the forecast of date, store and item.
func checkResult(t *testing.T, job object, date string, store, item int64) {
	t.Helper()
	result, ok := job["result"].(object)
	if !ok {
		t.Fatalf("%v has no result", job)
	}
	if result["date"] != date || wholeOf(t, result["store"]) != store || wholeOf(t, result["item"]) != item {
		t.Errorf("the result of %s, store %d, item %d is %v", date, store, item, result)
	}
	sales, _ := result["predicted_sales"].(json.Number)
	value, err := sales.Float64()
	if err != nil || value <= 0 || value >= 1e6 || !strings.ContainsAny(sales.String(), ".eE") {
		t.Errorf("predicted_sales is %v, want a float between 0 and a million", result["predicted_sales"])
	}
}

func checkID(t *testing.T, value any) {
	t.Helper()
	id, err := uuid.Parse(textOf(t, value))
	if err != nil || id.String() != value {
		t.Errorf("%v is no job id: %v", value, err)
	}
}
