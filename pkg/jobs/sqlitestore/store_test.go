package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/jobstest"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
)

// running is a store with its Run.
type running struct {
	*sqlitestore.Store
	dir   string
	cfg   sqlitestore.Config
	drain func() error // ends Run and returns its error
	close func() error // the same, and Close
}

// config is the default with a clock.
func config() sqlitestore.Config {
	cfg := sqlitestore.Default()
	cfg.Now = time.Now
	return cfg
}

// start opens a store, runs it, and closes it at the end of the test.
func start(tb testing.TB, dir string, cfg sqlitestore.Config) *running {
	tb.Helper()
	s, err := sqlitestore.Open(tb.Context(), dir, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r := &running{Store: s, dir: dir, cfg: cfg}
	r.drain = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	r.close = sync.OnceValue(func() error { return errors.Join(r.drain(), s.Close()) })
	tb.Cleanup(func() {
		if err := r.close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

func TestSuite(t *testing.T) {
	t.Parallel()
	jobstest.Run(t, jobstest.Harness{
		Open: func(t *testing.T, cfg jobs.Config) jobstest.Engine {
			t.Helper()
			return start(t, filepath.Join(t.TempDir(), "jobs"), sqlitestore.Config{Config: cfg, Durability: sqlitestore.Full})
		},
		Reopen: func(t *testing.T, e jobstest.Engine) jobstest.Engine {
			t.Helper()
			old := e.(*running)
			if err := old.close(); err != nil {
				t.Fatal(err)
			}
			return start(t, old.dir, old.cfg)
		},
	})
}

// TestClose leaves nothing beside the database but the lock file.
func TestClose(t *testing.T) {
	t.Parallel()
	dir := used(t, 10)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if want := []string{"jobs.db", "jobs.lock"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

// finishAll takes and completes every job, and fails when one is given out twice or stays behind.
func finishAll(t *testing.T, s *running) {
	t.Helper()
	stats, err := s.Stats(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[jobs.ID]bool)
	for want := stats.Unfinished(); len(seen) < want; {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		batch, err := s.Take(ctx, 256)
		cancel()
		if err != nil {
			t.Fatalf("%v after %d of %d jobs", err, len(seen), want)
		}
		for _, j := range batch {
			if seen[j.ID] {
				t.Errorf("job %s was given out twice", j.ID)
			}
			seen[j.ID] = true
			j.State, j.Finished = jobs.Completed, time.Now().UTC()
		}
		if err := s.Finish(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	wantTotals(t, s)
}

// wantTotals compares Stats with a count of the rows, for the tenant t.
func wantTotals(t *testing.T, s *running) {
	t.Helper()
	got, err := s.Stats(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "jobs.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	none := cmpopts.IgnoreMapEntries(func(_ jobs.State, n int) bool { return n == 0 })
	for _, text := range []string{
		"SELECT state, count(*) FROM jobs WHERE tenant = 't' GROUP BY state",
		"SELECT state, jobs FROM totals WHERE tenant = 't'",
	} {
		if diff := cmp.Diff(count(t, db, text), got, none); diff != "" {
			t.Errorf("Stats, compared with %s (-want +got):\n%s", text, diff)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// count returns the result of a query for states and numbers.
func count(t *testing.T, db *sql.DB, text string) jobs.Stats {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	stats := make(jobs.Stats)
	for rows.Next() {
		var state jobs.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			t.Fatal(err)
		}
		stats[state] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return stats
}
