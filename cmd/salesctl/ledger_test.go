package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// ledger is what the submitters know: each acknowledged job with the request that it answers.
type ledger struct {
	mu       sync.Mutex
	accepted map[string]forecastOf
	url      atomic.Pointer[string]
	stop     func()
}

// forecastOf is what a job was asked for.
type forecastOf struct {
	date        string
	store, item int64
}

// newLedger returns a ledger with its submitters at work. They send to the server that point
// names last, whether it lives or not.
func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{accepted: map[string]forecastOf{}}
	ctx, cancel := context.WithCancel(context.Background())
	var submitters sync.WaitGroup
	l.stop = func() { cancel(); submitters.Wait() }
	t.Cleanup(l.stop)
	a := newAPI(t, "")
	for i := range killSubmitters {
		random := rand.New(rand.NewPCG(4, uint64(i)))
		submitters.Go(func() {
			for ctx.Err() == nil {
				if err := l.submit(a, random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return l
}

func (l *ledger) point(url string) { l.url.Store(&url) }

// submit sends one request and notes the job when it is acknowledged. An answer that is cut off
// is none; one that refuses is an error.
func (l *ledger) submit(a *api, random *rand.Rand) error {
	url := l.url.Load()
	if url == nil {
		<-time.After(time.Millisecond)
		return nil
	}
	asked := forecastOf{time.Date(2018, 1, 1+random.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), 1 + random.Int64N(10), 1 + random.Int64N(50)}
	body := fmt.Sprintf(`{"date": %q, "store": %d, "item": %d}`, asked.date, asked.store, asked.item)
	got, err := (&api{a.client, *url}).send(http.MethodPost, "/predict", body)
	if err != nil {
		l.url.CompareAndSwap(url, nil) // it is dead
		return nil
	}
	id, _ := got.body["job_id"].(string)
	if got.code != http.StatusAccepted || id == "" {
		return fmt.Errorf("POST /predict %s: %d %s", body, got.code, got.text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.accepted[id]; twice {
		return fmt.Errorf("two jobs are called %s", id)
	}
	l.accepted[id] = asked
	return nil
}

func (l *ledger) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.accepted)
}

// unfinished returns how many acknowledged jobs the dead server left unfinished. It looks at a
// copy of the database, so that the next server finds what the dead one left.
func (l *ledger) unfinished(t *testing.T, dir string) int {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"jobs.db", "jobs.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for id := range rowsOf(t, openRows(t, copied), "WHERE state = 1") {
		if _, known := l.accepted[id]; known {
			n++
		}
	}
	return n
}

// checkStatus asks for every acknowledged job.
func (l *ledger) checkStatus(t *testing.T, a *api) {
	t.Helper()
	ids := make(chan string)
	var askers sync.WaitGroup
	for range killSubmitters {
		askers.Go(func() {
			for id := range ids {
				if err := l.checkJob(a, id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for id := range l.accepted {
		ids <- id
	}
	close(ids)
	askers.Wait()
}

func (l *ledger) checkJob(a *api, id string) error {
	got, err := a.send(http.MethodGet, "/status/"+id, "")
	if err != nil {
		return err
	}
	result, _ := got.body["result"].(object)
	asked := l.accepted[id]
	if got.body["status"] != "completed" || result["date"] != asked.date ||
		result["store"] != jsonNumber(asked.store) || result["item"] != jsonNumber(asked.item) {
		return fmt.Errorf("job %s, asked for %v: %d %s", id, asked, got.code, got.text)
	}
	return nil
}

func jsonNumber(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// checkList reads the list of all jobs, page by page.
func (l *ledger) checkList(t *testing.T, a *api) {
	t.Helper()
	states := map[string]any{}
	path, total := "/jobs?limit=1000", int64(0)
	for path != "" {
		page := a.call(t, http.StatusOK, http.MethodGet, path, "").body
		for _, job := range jobsOf(t, page) {
			id := textOf(t, job["job_id"])
			if _, twice := states[id]; twice {
				t.Errorf("job %s is listed twice", id)
			}
			states[id] = job["status"]
		}
		total, path = wholeOf(t, page["total_jobs"]), ""
		if cursor, ok := page["next_cursor"].(string); ok && cursor != "" {
			path = "/jobs?limit=1000&cursor=" + cursor
		}
	}
	if int64(len(states)) != total {
		t.Errorf("%d jobs listed, total_jobs is %d", len(states), total)
	}
	for id := range l.accepted {
		if states[id] != "completed" {
			t.Errorf("acknowledged job %s is listed as %v", id, states[id])
		}
	}
}

// checkRows looks into the database of a server that has ended.
func (l *ledger) checkRows(t *testing.T, dir string) {
	t.Helper()
	db := openRows(t, dir)
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s, %v", verdict, err)
	}
	rows := rowsOf(t, db, "")
	counts, lost := map[jobs.State]int{}, 0
	for _, state := range rows {
		counts[state]++
	}
	for id := range l.accepted {
		if rows[id] != jobs.Completed {
			lost++
		}
	}
	t.Logf("%d jobs acknowledged, %d lost; %d in the database, by state: %v", len(l.accepted), lost, len(rows), counts)
	if lost != 0 || counts[jobs.Completed] != len(rows) {
		t.Errorf("%d lost, %d of %d completed", lost, counts[jobs.Completed], len(rows))
	}
}

// openRows opens a job database by the engine's driver, without the engine.
func openRows(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "jobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // it was only read
	return db
}

// rowsOf returns the states of jobs by their ids.
func rowsOf(t *testing.T, db *sql.DB, where string) map[string]jobs.State {
	t.Helper()
	found, err := db.Query("SELECT id, state FROM jobs " + where)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // Err tells
	rows := map[string]jobs.State{}
	for n := 1; found.Next(); n++ {
		var id []byte
		var state jobs.State
		if err := found.Scan(&id, &state); err != nil {
			t.Fatal(err)
		}
		if rows[jobs.ID(id).String()] = state; len(rows) != n {
			t.Fatalf("job %x is there twice", id)
		}
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}
