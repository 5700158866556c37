package sqlitestore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
)

// queued waits until so many calls wait for the writer.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); len(s.calls) < n; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%d calls are queued, want %d", len(s.calls), n)
		}
	}
}

func later(call func() error) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- call() }()
	return answer
}

// TestOneBadCall has a call that can never succeed in the group of others.
func TestOneBadCall(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	good := []*jobs.Job{newJob(t, 0), newJob(t, 0), newJob(t, 0)}
	submit := func(batch ...*jobs.Job) <-chan error {
		return later(func() error { return s.Submit(t.Context(), batch) })
	}
	answers := []<-chan error{submit(good[0]), submit(good[1])}
	queued(t, s, 2)
	again := *good[0]
	bad := submit(newJob(t, 0), &again)
	queued(t, s, 3)
	answers = append(answers, submit(good[2]))
	queued(t, s, 4)
	run(t, s)
	for i, answer := range answers {
		if err := <-answer; err != nil {
			t.Errorf("good call %d: %v", i, err)
		}
	}
	if err := <-bad; err == nil || errors.Is(err, jobs.ErrStorage) {
		t.Errorf("an id twice: %v, want an error that is not of the storage", err)
	}
	if stats, err := s.Stats(t.Context(), ""); err != nil || stats[jobs.Pending] != len(good) {
		t.Errorf("%v, %v, want the %d good jobs", stats, err, len(good))
	}
	if got := s.unfinished.Load(); got != int64(len(good)) {
		t.Errorf("%d jobs are counted, want %d", got, len(good))
	}
	takeAll(t, s, len(good))
}

// TestQueueFull has more calls wait than may: Submit is refused at once, Finish waits.
func TestQueueFull(t *testing.T) {
	t.Parallel()
	cfg := Default()
	cfg.Now, cfg.WriteQueue = time.Now, 1
	s, err := Open(t.Context(), t.TempDir(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	first := later(func() error { return s.Submit(t.Context(), []*jobs.Job{newJob(t, 0)}) })
	queued(t, s, 1)
	if err := s.Submit(t.Context(), []*jobs.Job{newJob(t, 0)}); !errors.Is(err, jobs.ErrBacklogFull) {
		t.Errorf("Submit to a full queue: %v, want ErrBacklogFull", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Finish(ended, []*jobs.Job{newJob(t, 0)}); !errors.Is(err, context.Canceled) {
		t.Errorf("Finish with a context that has ended: %v, want its error", err)
	}
	waits := later(func() error { return s.Finish(t.Context(), []*jobs.Job{newJob(t, 0)}) })
	run(t, s)
	if err := errors.Join(<-first, <-waits); err != nil {
		t.Error(err)
	}
	if got := s.unfinished.Load(); got != 1 {
		t.Errorf("%d jobs are counted, want 1", got)
	}
}

// TestDrain ends Run before it has begun: what is queued is still written and answered.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	const n = 30
	var answers []<-chan error
	for range n {
		answers = append(answers, later(func() error { return s.Submit(t.Context(), []*jobs.Job{newJob(t, 0)}) }))
	}
	queued(t, s, n)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	for _, answer := range answers {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	var got int
	if err := s.db.write.QueryRowContext(t.Context(), "SELECT count(*) FROM jobs").Scan(&got); err != nil || got != n {
		t.Errorf("%d rows, %v, want %d", got, err, n)
	}
	wantClosed(t, s)
}

// wantClosed wants ErrClosed of every call.
func wantClosed(t *testing.T, s *Store) {
	t.Helper()
	ctx, batch := t.Context(), []*jobs.Job{newJob(t, 0)}
	_, take := s.Take(ctx, 1)
	_, get := s.Get(ctx, "", batch[0].ID)
	_, list := s.List(ctx, jobs.Query{Limit: 1})
	_, stats := s.Stats(ctx, "")
	_, watch := s.Watch(ctx, "", batch[0].ID)
	for name, err := range map[string]error{
		"Submit": s.Submit(ctx, batch), "Finish": s.Finish(ctx, batch), "Recover": s.Recover(ctx, batch), "Probe": s.Probe(ctx),
		"Take": take, "Get": get, "List": list, "Stats": stats, "Watch": watch,
	} {
		if !errors.Is(err, jobs.ErrClosed) {
			t.Errorf("%s of a store that has stopped: %v, want ErrClosed", name, err)
		}
	}
}

// TestDatabaseFull limits the pages of the database: what does not fit is refused as a whole, and
// room makes the next call succeed.
func TestDatabaseFull(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	if _, err := s.db.write.ExecContext(t.Context(), "PRAGMA max_page_count = 60"); err != nil {
		t.Fatal(err)
	}
	large := func() []*jobs.Job {
		j, k := newJob(t, 0), newJob(t, 0)
		j.Payload, k.Payload = make([]byte, 20_000), make([]byte, 20_000)
		return []*jobs.Job{j, k}
	}
	run(t, s)
	accepted := 0
	var err error
	for ; err == nil && accepted < 100; accepted += 2 {
		err = s.Submit(t.Context(), large())
	}
	accepted -= 2
	if got := hint.Of(err); !strings.Contains(got, "free space") {
		t.Errorf("hint %q, want one about space", got)
	}
	if !errors.Is(err, jobs.ErrStorage) || accepted < 2 {
		t.Fatalf("%v after %d jobs, want ErrStorage after a few", err, accepted)
	}
	if stats, err := s.Stats(t.Context(), ""); err != nil || stats[jobs.Pending] != accepted {
		t.Errorf("%v, %v, want the %d jobs that were accepted", stats, err, accepted)
	}
	if _, err := s.db.write.ExecContext(t.Context(), "PRAGMA max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := s.Submit(t.Context(), large()); err != nil {
		t.Errorf("Submit with room: %v", err)
	}
	takeAll(t, s, accepted+2)
}

// TestDamageWhileRunning breaks the pages of the database below a running store.
func TestDamageWhileRunning(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	ended := later(func() error { return s.Run(t.Context()) })
	var batch []*jobs.Job
	for range 2000 {
		j := newJob(t, 0)
		j.Payload = make([]byte, 500)
		batch = append(batch, j)
	}
	if err := s.Submit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if err := exec(t.Context(), s.writer.log.own); err != nil { // nobody else uses the connection
		t.Fatal(err)
	}
	if _, err := s.db.write.ExecContext(t.Context(), "PRAGMA shrink_memory"); err != nil {
		t.Fatal(err)
	}
	breakPages(t, dirOf(s))
	taken, err := s.Take(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range taken {
		j.State = jobs.Completed
	}
	if err := s.Finish(t.Context(), taken); !errors.Is(err, jobs.ErrStorage) {
		t.Errorf("Finish: %v, want ErrStorage", err)
	}
	if err := <-ended; !errors.Is(err, ErrDamaged) || hint.Of(err) == "" {
		t.Errorf("Run: %v (hint %q), want ErrDamaged with a hint", err, hint.Of(err))
	}
	wantClosed(t, s)
	if err := s.Close(); err != nil && !errors.Is(err, ErrDamaged) {
		t.Logf("Close: %v", err)
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		code int
		want trouble
	}{
		{"disk full", sqlite3.SQLITE_FULL, storage},
		{"write error", sqlite3.SQLITE_IOERR_WRITE, storage},
		{"read-only", sqlite3.SQLITE_READONLY, storage},
		{"locked by another program", sqlite3.SQLITE_BUSY, storage},
		{"id twice", sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, caller},
		{"payload too large for SQLite", sqlite3.SQLITE_TOOBIG, caller},
		{"failed fsync", sqlite3.SQLITE_IOERR_FSYNC, fatal},
		{"failed fsync of the directory", sqlite3.SQLITE_IOERR_DIR_FSYNC, fatal},
		{"damaged page", sqlite3.SQLITE_CORRUPT, fatal},
		{"damaged index", sqlite3.SQLITE_CORRUPT_INDEX, fatal},
		{"no database", sqlite3.SQLITE_NOTADB, fatal},
		{"missing table", sqlite3.SQLITE_ERROR, fatal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := classifyCode(tt.code); got != tt.want {
				t.Errorf("classifyCode(%d) = %d, want %d", tt.code, got, tt.want)
			}
		})
	}
	if got := classify(errors.New("any other")); got != fatal {
		t.Errorf("classify(any other) = %d, want %d", got, fatal)
	}
}

// TestDurability looks at what SQLite was told.
func TestDurability(t *testing.T) {
	t.Parallel()
	for durability, want := range map[Durability]string{Full: "2", Process: "1"} {
		cfg := Default()
		cfg.Now, cfg.Durability = time.Now, durability
		s, err := Open(t.Context(), t.TempDir(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		for pragma, want := range map[string]string{"synchronous": want, "journal_mode": "wal", "wal_autocheckpoint": "0", "query_only": "0"} {
			var got string
			if err := s.db.write.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s = %s, %v, want %s", durability, pragma, got, err, want)
			}
		}
		if _, err := s.db.read.ExecContext(t.Context(), "DELETE FROM jobs"); err == nil || !strings.Contains(err.Error(), "readonly") {
			t.Errorf("a reader may write: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func dirOf(s *Store) string { return filepath.Dir(s.lock.Name()) }

// breakPages overwrites every page of the database but the first.
func breakPages(t *testing.T, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, dataFile), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, int(info.Size())-pageBytes), pageBytes)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
