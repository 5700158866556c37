package sqlitestore

import (
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
