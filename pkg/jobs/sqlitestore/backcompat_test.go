package sqlitestore_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/jobs"
)

var update = flag.Bool("update", false, "write the database of the present schema into testdata")

// TestBackcompat opens the databases that releases have written: every job reads as it was.
func TestBackcompat(t *testing.T) {
	t.Parallel()
	if *update {
		writeFixture(t, filepath.Join("testdata", "schema1"))
	}
	for _, name := range []string{"schema1"} {
		data, err := os.ReadFile(filepath.Join("testdata", name, "jobs.db"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join("testdata", name, "jobs.json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []*jobs.Job
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "jobs.db"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := start(t, dir, config())
		got := whole(t, s)
		if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Errorf("%s: jobs (-want +got):\n%s", name, diff)
		}
		wantTotals(t, s)
		finishAll(t, s)
	}
}

// whole returns every job, with its payload.
func whole(t *testing.T, s *running) (all []*jobs.Job) {
	t.Helper()
	page, err := s.List(t.Context(), jobs.Query{Tenant: "t", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, listed := range page {
		j, err := s.Get(t.Context(), "t", listed.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, j)
	}
	return all
}

// writeFixture writes a job of each kind.
func writeFixture(t *testing.T, dir string) {
	t.Helper()
	home := t.TempDir()
	s := start(t, home, config())
	var batch []*jobs.Job
	for i := range 6 {
		j, err := newJob(10)
		if err != nil {
			t.Fatal(err)
		}
		j.Model, j.Priority = "sales@champion", i
		j.Deadline = j.Created.Add(24 * 365 * 100 * time.Hour)
		batch = append(batch, j)
	}
	batch[0].RunAt = batch[0].Created
	taken := batch[1:]
	err := s.Submit(t.Context(), batch)
	if err == nil {
		taken, err = s.Take(t.Context(), 4)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, state := range []jobs.State{jobs.Completed, jobs.Failed, jobs.Canceled, jobs.Expired} {
		taken[i].State, taken[i].Finished = state, taken[i].Started.Add(time.Millisecond)
	}
	taken[0].Result = []byte(`{"predicted_sales":12.5}`)
	taken[1].Fault = &jobs.Fault{Code: "timeout", Message: "too slow", Temporary: true}
	if err := s.Finish(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	all := whole(t, s)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(home, "jobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"jobs.db": data, "jobs.json": append(text, '\n')} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
