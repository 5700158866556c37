package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/salesctl/salesctl/pkg/calendar"
)

// TestContract holds `serve` to what clients of the original API rely on.
func TestContract(t *testing.T) {
	t.Parallel()
	models, _ := trainContractModels(t)
	s := startServer(t, newServer(t, models, filepath.Join(t.TempDir(), "jobs")))
	contract(t, s.url)
	s.stop(t)
}

// TestWholeForecastIsFloat: clients in typed languages read predicted_sales as a float, also where
// it is a whole number. A model of constant sales forecasts one.
func TestWholeForecastIsFloat(t *testing.T) {
	t.Parallel()
	text := []byte("date,store,item,sales\n")
	for day := range 100 {
		text = fmt.Appendf(text, "%s,1,1,16\n", calendar.NewDate(2018, 1, 1)+calendar.Date(day))
	}
	models := filepath.Join(t.TempDir(), "models")
	salesctl(t, "train", writeFile(t, "sales.csv", string(text)), "--models", models, "--set", "lightgbm.num_iterations=1")
	s := startServer(t, newServer(t, models, filepath.Join(t.TempDir(), "jobs")))
	job := newAPI(t, s.url).call(t, http.StatusOK, http.MethodPost, "/predict", goodRequest, "Prefer", "wait=10").body
	checkResult(t, job, "2018-01-15", 1, 1)
	s.stop(t)
}

// goodRequest is one that every server here must answer.
const goodRequest = `{"date": "2018-01-15", "store": 1, "item": 1}`

// requestWith is goodRequest with another value, JSON itself, for one member.
func requestWith(member, value string) string {
	members := map[string]json.RawMessage{"date": []byte(`"2018-01-15"`), "store": []byte("1"), "item": []byte("1")}
	var text []string
	members[member] = []byte(value)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		text = append(text, fmt.Sprintf("%q: %s", name, members[name]))
	}
	return "{" + strings.Join(text, ", ") + "}"
}

// contract tests a server from outside, by its base URL alone. It must have a model that knows
// the stores 1 to 10 and the items 1 to 50.
func contract(t *testing.T, url string) {
	t.Helper()
	a := newAPI(t, url)
	t.Run("status", a.contractStatus)
	t.Run("submit", a.contractSubmit)
	t.Run("own answers", a.contractOwnAnswers)
	t.Run("same answers", a.contractSameAnswers)
	t.Run("whole numbers", a.contractWholeNumbers)
	t.Run("model", a.contractModel)
	t.Run("wait", a.contractWait)
	t.Run("missing fields", a.contractMissingFields)
	t.Run("bad dates", a.contractBadDates)
	t.Run("bad ids", a.contractBadIDs)
	t.Run("bad JSON", a.contractBadJSON)
	t.Run("unknown job", a.contractUnknownJob)
	t.Run("methods and paths", a.contractRoutes)
	t.Run("list", a.contractList)
	t.Run("list, bad questions", a.contractListRefusals)
	t.Run("not modified", a.contractNotModified)
	t.Run("probes", a.contractProbes)
}

func (a *api) contractStatus(t *testing.T) {
	read := func() object {
		got := a.call(t, http.StatusOK, http.MethodGet, "/status", "")
		if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			t.Errorf("Content-Type %q", kind)
		}
		return got.body
	}
	before := read()
	if before["status"] != "online" || before["model_loaded"] != true {
		t.Errorf("GET /status: %v", before)
	}
	counts, ok := before["jobs_by_status"].(object)
	if !ok {
		t.Fatalf("jobs_by_status is %v", before["jobs_by_status"])
	}
	var sum int64
	for _, n := range counts {
		sum += wholeOf(t, n)
	}
	for _, state := range []string{"pending", "processing", "completed", "failed"} {
		wholeOf(t, counts[state])
	}
	// The original counted every job that it knew.
	if active := wholeOf(t, before["active_jobs"]); active != sum {
		t.Errorf("active_jobs is %d, the states add up to %d", active, sum)
	}
	a.completed(t, a.submit(t, goodRequest)["job_id"])
	after, _ := read()["jobs_by_status"].(object)
	if was, is := wholeOf(t, counts["completed"]), wholeOf(t, after["completed"]); is <= was {
		t.Errorf("%d jobs completed, then one more and there are %d", was, is)
	}
}

func (a *api) contractSubmit(t *testing.T) {
	accepted := a.call(t, http.StatusAccepted, http.MethodPost, "/predict", `{"date": "2018-02-28", "store": 3, "item": 7}`)
	job := accepted.body
	checkID(t, job["job_id"])
	submitted := timeOf(t, job["submitted_at"])
	if age := time.Since(submitted); job["status"] != "pending" || age.Abs() > time.Minute {
		t.Errorf("an accepted job is %v", job)
	}
	if got, want := accepted.header.Get("Location"), "/status/"+textOf(t, job["job_id"]); got != want {
		t.Errorf("Location %q, want %q", got, want)
	}
	if accepted.header.Get("Retry-After") == "" {
		t.Error("no Retry-After says when to ask")
	}
	done := a.completed(t, job["job_id"])
	if done["submitted_at"] != job["submitted_at"] || timeOf(t, done["completed_at"]).Before(submitted) {
		t.Errorf("accepted as %v, completed as %v", job, done)
	}
	checkResult(t, done, "2018-02-28", 3, 7)
}

func (a *api) contractOwnAnswers(t *testing.T) {
	type request struct {
		date        string
		store, item int64
	}
	requests := []request{{"2018-01-01", 1, 1}, {"2018-02-03", 2, 15}, {"2018-03-31", 10, 50}, {"2018-02-05", 2, 15}}
	ids := make([]any, len(requests))
	for i, r := range requests {
		ids[i] = a.submit(t, fmt.Sprintf(`{"date": %q, "store": %d, "item": %d}`, r.date, r.store, r.item))["job_id"]
		if slices.Contains(ids[:i], ids[i]) {
			t.Fatalf("two jobs are called %v", ids[i])
		}
	}
	for i, r := range requests {
		checkResult(t, a.completed(t, ids[i]), r.date, r.store, r.item)
	}
}

func (a *api) contractSameAnswers(t *testing.T) {
	one, two := a.submit(t, goodRequest)["job_id"], a.submit(t, goodRequest)["job_id"]
	if one == two {
		t.Fatalf("two jobs are called %v", one)
	}
	first, _ := a.completed(t, one)["result"].(object)
	second, _ := a.completed(t, two)["result"].(object)
	if first["predicted_sales"] != second["predicted_sales"] {
		t.Errorf("one request, two answers: %v and %v", first, second)
	}
}

// contractWholeNumbers sends ids as JavaScript and form fields write them, and a member that
// nobody asked for.
func (a *api) contractWholeNumbers(t *testing.T) {
	for _, form := range []string{`"1"`, "1.0"} {
		body := fmt.Sprintf(`{"date": "2018-01-15", "store": %s, "item": %s, "note": "from an old client"}`, form, form)
		checkResult(t, a.completed(t, a.submit(t, body)["job_id"]), "2018-01-15", 1, 1)
	}
}

// contractModel names the model that the server has by default.
func (a *api) contractModel(t *testing.T) {
	result := func(body string) object {
		r, _ := a.completed(t, a.submit(t, body)["job_id"])["result"].(object)
		return r
	}
	version := textOf(t, result(goodRequest)["model_version"])
	for _, ref := range []string{"sales", "sales@champion", "@champion", "sales@" + version} {
		if got := result(requestWith("model", fmt.Sprintf("%q", ref)))["model_version"]; got != version {
			t.Errorf("model %s is version %v, the default one %s", ref, got, version)
		}
	}
	a.refused(t, requestWith("model", `"no model"`), "")
	a.refused(t, requestWith("model", "7"), "")
}

func (a *api) contractWait(t *testing.T) {
	got := a.call(t, http.StatusOK, http.MethodPost, "/predict", goodRequest, "Prefer", "wait=10")
	if got.body["status"] != "completed" || got.header.Get("Preference-Applied") != "wait=10" {
		t.Errorf("Prefer: wait=10: %v, Preference-Applied %q", got.body, got.header.Get("Preference-Applied"))
	}
	checkResult(t, got.body, "2018-01-15", 1, 1)

	// A client that does not wait long enough, or does not say how long, polls.
	for _, preference := range []string{"wait=0", "wait=soon", "return=minimal"} {
		a.call(t, http.StatusAccepted, http.MethodPost, "/predict", goodRequest, "Prefer", preference)
	}
	id := textOf(t, a.submit(t, goodRequest)["job_id"])
	if job := a.call(t, http.StatusOK, http.MethodGet, "/status/"+id+"?wait=10", "").body; job["status"] != "completed" {
		t.Errorf("?wait=10: %v", job)
	}
	for _, wait := range []string{"-1", "31", "soon", "1.5"} {
		a.call(t, http.StatusBadRequest, http.MethodGet, "/status/"+id+"?wait="+wait, "")
	}
}

func (a *api) contractMissingFields(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"date": "2018-01-15"}`, "store, item"},
		{`{"store": 1}`, "date, item"},
		{`{"item": 1}`, "date, store"},
		{`{"date": "2018-01-15", "store": 1}`, "item"},
		{`{"item": 1, "date": "2018-01-15"}`, "store"},
		{`{"store": 1, "item": 1}`, "date"},
		{`{"Store": 1, "date": "2018-01-15", "item": 1}`, "store"}, // names have a case
	}
	for _, tt := range tests {
		a.refused(t, tt.body, "Missing required fields: "+tt.want)
	}
}

func (a *api) contractBadDates(t *testing.T) {
	for _, date := range []string{"2018-13-01", "2018-02-30", "15/01/2018", "January 15", "2018-01-15T00:00:00", "2018"} {
		a.refused(t, requestWith("date", fmt.Sprintf("%q", date)), "Invalid date format. Use YYYY-MM-DD")
	}
	for _, date := range []string{`""`, "null", "20180115", `["2018-01-15"]`, "{}"} {
		a.refused(t, requestWith("date", date), "")
	}
}

func (a *api) contractBadIDs(t *testing.T) {
	for member, want := range map[string]string{
		"store": "Store must be a positive integer",
		"item":  "Item must be a positive integer",
	} {
		for _, value := range []string{"0", "-1", `"abc"`, "1.9", "1e99", `"1; drop"`} {
			a.refused(t, requestWith(member, value), want)
		}
		for _, value := range []string{"null", `""`, "[]", "{}", "[1]", "true"} {
			a.refused(t, requestWith(member, value), "")
		}
	}
	// Two faults are told at once.
	got := a.call(t, http.StatusBadRequest, http.MethodPost, "/predict", `{"date": "2018-01-15", "store": 0, "item": 0}`)
	if faults, _ := got.body["errors"].([]any); len(faults) != 2 {
		t.Errorf("two bad ids: errors %v", got.body["errors"])
	}
}

func (a *api) contractBadJSON(t *testing.T) {
	const want = "No data provided or invalid JSON"
	for _, body := range []string{
		"{", "not json", "[1,", `{"date": }`, "\xff\xfe", "null", "[]", `"text"`, "7", "{}",
		goodRequest + goodRequest,
		`{"date": "2018-01-15", "store": 1, "item": 1, "item": 2}`,
		strings.Repeat("[", 5000),
	} {
		a.refused(t, body, "")
	}
	a.refused(t, "", want)
	a.refused(t, "not json", want)
	big := a.call(t, http.StatusRequestEntityTooLarge, http.MethodPost, "/predict", requestWith("note", fmt.Sprintf("%q", strings.Repeat("x", 2<<20))))
	textOf(t, big.body["error"])
}

func (a *api) contractUnknownJob(t *testing.T) {
	for _, id := range []string{uuid.NewString(), "no-such-job", strings.ToUpper(uuid.NewString())} {
		got := a.call(t, http.StatusNotFound, http.MethodGet, "/status/"+id, "").body
		if got["error"] != "Job not found" || got["job_id"] != id {
			t.Errorf("GET /status/%s: %v", id, got)
		}
	}
}

func (a *api) contractRoutes(t *testing.T) {
	for _, tt := range []struct{ method, path, allow string }{
		{http.MethodGet, "/predict", http.MethodPost},
		{http.MethodPut, "/predict", http.MethodPost},
		{http.MethodPost, "/status", http.MethodGet},
		{http.MethodPost, "/jobs", http.MethodGet},
		{http.MethodDelete, "/jobs", http.MethodGet},
		{http.MethodDelete, "/status/" + uuid.NewString(), http.MethodGet},
	} {
		got := a.call(t, http.StatusMethodNotAllowed, tt.method, tt.path, "")
		if allow := got.header.Get("Allow"); !strings.Contains(allow, tt.allow) {
			t.Errorf("%s %s: Allow %q, want %s", tt.method, tt.path, allow, tt.allow)
		}
	}
	a.call(t, http.StatusNotFound, http.MethodGet, "/no/such/path", "")
	a.call(t, http.StatusNotFound, http.MethodPost, "/predict/", goodRequest)
}

func (a *api) contractList(t *testing.T) {
	var ids []any
	for range 5 {
		ids = append(ids, a.submit(t, goodRequest)["job_id"])
	}
	for _, id := range ids {
		a.completed(t, id)
	}
	slices.Reverse(ids) // newest first
	all := a.call(t, http.StatusOK, http.MethodGet, "/jobs", "").body
	total, filtered := wholeOf(t, all["total_jobs"]), wholeOf(t, all["filtered_jobs"])
	if page := jobsOf(t, all); total < 5 || filtered > total || len(page) > int(total) || len(page) > 100 {
		t.Errorf("GET /jobs: %d jobs of total %d, filtered %d", len(page), total, filtered)
	}
	path, seen := "/jobs?status=completed&limit=2", []any{}
	for len(seen) < 5 {
		page := a.call(t, http.StatusOK, http.MethodGet, path, "").body
		jobs := jobsOf(t, page)
		if n := wholeOf(t, page["filtered_jobs"]); len(jobs) != 2 || n < 2 || n > wholeOf(t, page["total_jobs"]) {
			t.Fatalf("GET %s: %v", path, page)
		}
		for _, job := range jobs {
			if job["status"] != "completed" || timeOf(t, job["completed_at"]).Before(timeOf(t, job["submitted_at"])) {
				t.Errorf("GET %s has %v", path, job)
			}
			if seen = append(seen, job["job_id"]); slices.Contains(ids, job["job_id"]) {
				checkResult(t, job, "2018-01-15", 1, 1)
			}
		}
		path = "/jobs?status=completed&limit=2&cursor=" + textOf(t, page["next_cursor"])
	}
	if !slices.Equal(seen[:5], ids) {
		t.Errorf("pages show %v, want %v", seen, ids)
	}
}

func jobsOf(t *testing.T, page object) []object {
	t.Helper()
	list, ok := page["jobs"].([]any)
	if !ok {
		t.Fatalf("%v has no jobs", page)
	}
	jobs := make([]object, len(list))
	for i := range list {
		jobs[i], _ = list[i].(object)
	}
	return jobs
}

func (a *api) contractListRefusals(t *testing.T) {
	for _, question := range []string{"status=done", "limit=0", "limit=1001", "limit=two", "cursor=elsewhere"} {
		got := a.call(t, http.StatusBadRequest, http.MethodGet, "/jobs?"+question, "")
		textOf(t, got.body["error"])
	}
}

func (a *api) contractNotModified(t *testing.T) {
	id := a.submit(t, goodRequest)["job_id"]
	a.completed(t, id)
	path := "/status/" + textOf(t, id)
	tag := a.call(t, http.StatusOK, http.MethodGet, path, "").header.Get("Etag")
	got, err := a.send(http.MethodGet, path, "", "If-None-Match", tag)
	if err != nil || got.code != http.StatusNotModified || got.text != "" || tag == "" {
		t.Errorf("If-None-Match %s: %+v, %v, want 304 without a body", tag, got, err)
	}
	a.call(t, http.StatusOK, http.MethodGet, path, "", "If-None-Match", `"another"`)
}

func (a *api) contractProbes(t *testing.T) {
	for _, path := range []string{"/livez", "/readyz", "/readyz?verbose"} {
		got, err := a.send(http.MethodGet, path, "")
		if err != nil || got.code != http.StatusOK {
			t.Errorf("GET %s: %+v, %v", path, got, err)
		}
	}
}
