package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// small is a window that a handful of jobs fills.
func small() window { return window{size: 8, bytes: 1 << 20, low: 4, chunk: 3} }

// openSmall opens a store with a small window.
func openSmall(t *testing.T, dir string) *Store {
	t.Helper()
	cfg := Default()
	cfg.Now = time.Now
	s, err := openWindow(t.Context(), dir, cfg, small())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a store; the result ends it and closes it.
func run(t *testing.T, s *Store) (closeStore func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	closeStore = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(closeStore)
	return closeStore
}

func newJob(t *testing.T, priority int) *jobs.Job {
	t.Helper()
	id, err := jobs.NewID()
	if err != nil {
		t.Error(err)
	}
	return &jobs.Job{ID: id, Kind: "test", Priority: priority, State: jobs.Pending, MaxAttempts: 5, Created: time.Now().UTC()}
}

func submitAll(t *testing.T, s *Store, batch ...*jobs.Job) {
	t.Helper()
	for _, j := range batch {
		if err := s.Submit(t.Context(), []*jobs.Job{j}); err != nil {
			t.Fatal(err)
		}
	}
}

// takeAll takes and completes so many jobs one by one and returns their ids.
func takeAll(t *testing.T, s *Store, n int) []jobs.ID {
	t.Helper()
	var ids []jobs.ID
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		batch, err := s.Take(ctx, 1)
		cancel()
		if err != nil {
			t.Fatalf("%v after %d of %d jobs", err, len(ids), n)
		}
		ids = append(ids, batch[0].ID)
		batch[0].State, batch[0].Finished = jobs.Completed, time.Now().UTC()
		if err := s.Finish(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func idsOf(batch ...*jobs.Job) []jobs.ID {
	var ids []jobs.ID
	for _, j := range batch {
		ids = append(ids, j.ID)
	}
	return ids
}

// TestBytes has jobs whose payloads fill the memory long before their number does.
func TestBytes(t *testing.T) {
	t.Parallel()
	cfg := Default()
	cfg.Now = time.Now
	const payload, budget = 100, 1000
	s, err := openWindow(t.Context(), t.TempDir(), cfg, window{size: 1000, bytes: budget, low: 500, chunk: 50})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	var batch []*jobs.Job
	for range 200 {
		j := newJob(t, 0)
		j.Payload = make([]byte, payload)
		batch = append(batch, j)
	}
	submitAll(t, s, batch...)
	if got := s.dispatch.Ready().Bytes; got != budget {
		t.Errorf("%d bytes wait in memory, want %d", got, budget)
	}
	var got []jobs.ID
	for range batch {
		got = append(got, takeAll(t, s, 1)...)
		if held := s.dispatch.Ready().Bytes; held > budget+perStatement*payload {
			t.Fatalf("%d bytes wait in memory after %d jobs", held, len(got))
		}
	}
	if diff := cmp.Diff(idsOf(batch...), got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestOrder submits more than fits in memory and wants the jobs back by urgency.
func TestOrder(t *testing.T) {
	t.Parallel()
	low := func(n int) (batch []*jobs.Job) {
		for range n {
			batch = append(batch, newJob(t, 0))
		}
		return batch
	}
	first, urgent, second, high := low(50), newJob(t, 5), low(50), newJob(t, 3)

	t.Run("one process", func(t *testing.T) {
		t.Parallel()
		s := openSmall(t, t.TempDir())
		run(t, s)
		submitAll(t, s, first...)
		submitAll(t, s, urgent)
		submitAll(t, s, second...)
		submitAll(t, s, high)
		if n := s.dispatch.Len(); n > 2*small().size {
			t.Errorf("%d jobs in memory", n)
		}
		want := slices.Concat(idsOf(urgent, high), idsOf(first...), idsOf(second...))
		if diff := cmp.Diff(want, takeAll(t, s, len(want))); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
	t.Run("two processes", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := openSmall(t, dir)
		closeStore := run(t, s)
		submitAll(t, s, first...)
		submitAll(t, s, second...)
		closeStore()
		s = openSmall(t, dir)
		run(t, s)
		submitAll(t, s, high, urgent)
		want := slices.Concat(idsOf(urgent, high), idsOf(first...), idsOf(second...))
		if diff := cmp.Diff(want, takeAll(t, s, len(want))); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
	t.Run("more urgent ones than fit", func(t *testing.T) {
		t.Parallel()
		s := openSmall(t, t.TempDir())
		run(t, s)
		var rising []*jobs.Job
		for i := range 100 {
			rising = append(rising, newJob(t, i))
		}
		submitAll(t, s, rising...)
		if n := s.dispatch.Len(); n != 2*small().size {
			t.Errorf("%d jobs in memory, want %d", n, 2*small().size)
		}
		got := takeAll(t, s, len(rising))
		want := idsOf(rising...)
		slices.SortFunc(got, jobs.ID.Compare)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("jobs (-want +got):\n%s", diff)
		}
	})
}

// TestDelayedDoNotBlock fills memory with jobs whose time is far, twice over.
func TestDelayedDoNotBlock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSmall(t, dir)
	closeStore := run(t, s)
	var now []*jobs.Job
	for range 2 * small().size {
		later := newJob(t, 9)
		later.RunAt = time.Now().Add(time.Hour).UTC()
		now = append(now, newJob(t, 0))
		submitAll(t, s, later, now[len(now)-1])
	}
	if diff := cmp.Diff(idsOf(now...)[:3], takeAll(t, s, 3)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	closeStore()
	s = openSmall(t, dir)
	run(t, s)
	if diff := cmp.Diff(idsOf(now...)[3:], takeAll(t, s, len(now)-3)); diff != "" {
		t.Errorf("order in the next process (-want +got):\n%s", diff)
	}
}

// TestWindowUnderLoad has jobs of all priorities come, be tried again and end, while memory holds
// a handful of them. Each attempt is given out once, and none is forgotten.
func TestWindowUnderLoad(t *testing.T) {
	t.Parallel()
	const submitters, takers, each = 8, 4, 300
	s := openSmall(t, t.TempDir())
	run(t, s)
	var attempts sync.Map // "id attempt"
	var spilled atomic.Bool
	var left atomic.Int64
	left.Store(submitters * each)
	ctx, done := context.WithTimeout(t.Context(), time.Minute)
	defer done()
	var group errgroup.Group
	for range submitters {
		group.Go(func() error {
			for range each {
				j := newJob(t, rand.IntN(4))
				if err := s.Submit(t.Context(), []*jobs.Job{j}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for range takers {
		group.Go(func() error {
			for {
				batch, err := s.Take(ctx, 1+rand.IntN(5))
				if left.Load() == 0 {
					return nil
				}
				if err != nil {
					return err
				}
				for _, j := range batch {
					if _, twice := attempts.LoadOrStore(fmt.Sprint(j.ID, j.Attempt), true); twice {
						return fmt.Errorf("attempt %d of job %s was given out twice", j.Attempt, j.ID)
					}
					end(j)
				}
				if err := s.Finish(context.WithoutCancel(ctx), batch); err != nil {
					return err
				}
				if stats, _ := s.Stats(ctx, ""); stats[jobs.Pending] > 2*small().size {
					spilled.Store(true)
				}
				for _, j := range batch {
					if j.State.Final() && left.Add(-1) == 0 {
						done()
					}
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if left.Load() != 0 || s.dispatch.Len() != 0 || s.writer.window.spilled != 0 || s.unfinished.Load() != 0 {
		t.Errorf("left: %d jobs, %d in memory, %d on the disk, %d counted", left.Load(), s.dispatch.Len(), s.writer.window.spilled, s.unfinished.Load())
	}
	if !spilled.Load() {
		t.Error("memory was large enough for all jobs")
	}
}

// end decides what becomes of a job: some are tried again, at once or after a moment.
func end(j *jobs.Job) {
	switch {
	case j.Attempt < 3 && rand.IntN(4) == 0:
		j.State, j.RunAt = jobs.Pending, time.Time{}
	case j.Attempt < 3 && rand.IntN(4) == 0:
		j.State, j.RunAt = jobs.Pending, time.Now().Add(time.Millisecond).UTC()
	default:
		j.State, j.Finished = jobs.Completed, time.Now().UTC()
	}
}
