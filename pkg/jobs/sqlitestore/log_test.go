package sqlitestore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// TestLogStaysSmall writes many times what the log may hold.
func TestLogStaysSmall(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	s.writer.log.limit = 1 << 20
	run(t, s)
	const total = 20 << 20
	for sum := 0; sum < total; {
		j := newJob(t, 0)
		j.Payload = make([]byte, 100_000)
		if err := s.Submit(t.Context(), []*jobs.Job{j}); err != nil {
			t.Fatal(err)
		}
		sum += len(j.Payload)
	}
	info, err := os.Stat(filepath.Join(dirOf(s), walFile))
	if err != nil || info.Size() > total/2 {
		t.Errorf("the log has %d bytes, %v, after %d were written", info.Size(), err, total)
	}
}

// TestLogOfKilledProcesses is many short lives on one directory, each of which writes less than the
// log may hold.
func TestLogOfKilledProcesses(t *testing.T) {
	t.Parallel()
	const lives, submits = 16, 5
	dir := t.TempDir()
	for range lives {
		s := openSmall(t, dir)
		s.writer.log.limit = 1 << 20 // and what Open did with the true limit, once more
		if err := s.writer.log.inherit(t.Context(), filepath.Join(dir, walFile)); err != nil {
			t.Fatal(err)
		}
		closeStore := run(t, s)
		for range submits {
			j := newJob(t, 0)
			j.Payload = make([]byte, 100_000)
			submitAll(t, s, j)
		}
		dir = t.TempDir()
		for _, name := range []string{dataFile, walFile} { // what a kill would leave
			data, err := os.ReadFile(filepath.Join(dirOf(s), name))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		closeStore()
	}
	info, err := os.Stat(filepath.Join(dir, walFile))
	if err != nil || info.Size() > 4<<20 {
		t.Errorf("the log has %d bytes, %v, after %d lives", info.Size(), err, lives)
	}
}

// TestLogMakesRoom fills the disk: the log is copied though it is short, and begins anew.
func TestLogMakesRoom(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	exec := func(text string) {
		t.Helper()
		if _, err := s.db.write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	exec("PRAGMA max_page_count = 60")
	closeStore := run(t, s)
	var err error
	for range 100 {
		j := newJob(t, 0)
		j.Payload = make([]byte, 20_000)
		if err = s.Submit(t.Context(), []*jobs.Job{j}); err != nil {
			break
		}
	}
	if !errors.Is(err, jobs.ErrStorage) {
		t.Fatalf("%v, want ErrStorage", err)
	}
	database := filepath.Join(dirOf(s), dataFile)
	until(t, func() bool { // far less than the log may hold was written
		info, err := os.Stat(database)
		return err == nil && info.Size() > 100_000
	})
	closeStore()
}

func until(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited 30 s in vain")
		}
	}
}

// TestProbe makes a write when there was none for a second, and none else.
func TestProbe(t *testing.T) {
	t.Parallel()
	cfg := Default()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	cfg.Now = func() time.Time { return now } // the store calls it while Probe waits for an answer
	s, err := Open(t.Context(), t.TempDir(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	probed := func() (at int64) {
		t.Helper()
		if err := s.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.db.read.QueryRowContext(t.Context(), "SELECT at FROM probe").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := now.UnixMicro()
	if got := probed(); got != first {
		t.Errorf("the first write is of %d, want %d", got, first)
	}
	now = now.Add(time.Second - 1)
	if got := probed(); got != first {
		t.Errorf("a write at %d, within a second of the last", got)
	}
	now = now.Add(1)
	if got := probed(); got != now.UnixMicro() {
		t.Errorf("the last write is of %d, want %d", got, now.UnixMicro())
	}
}
