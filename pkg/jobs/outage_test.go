package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// flaky is a memory engine that fails on demand, and whose writes end with their context.
type flaky struct {
	*jobs.Memory
	take            error
	recover, finish func() error
}

func (q *flaky) Take(ctx context.Context, limit int) ([]*jobs.Job, error) {
	if q.take != nil {
		return nil, q.take
	}
	return q.Memory.Take(ctx, limit)
}

func (q *flaky) Recover(ctx context.Context, batch []*jobs.Job) error {
	if err := errors.Join(ctx.Err(), q.recover()); err != nil {
		return err
	}
	return q.Memory.Recover(ctx, batch)
}

func (q *flaky) Finish(ctx context.Context, batch []*jobs.Job) error {
	if err := errors.Join(ctx.Err(), q.finish()); err != nil {
		return err
	}
	return q.Memory.Finish(ctx, batch)
}

// newFlaky returns one that works.
func newFlaky() *flaky {
	works := func() error { return nil }
	return &flaky{Memory: newMemory(), recover: works, finish: works}
}

// outage returns a call that fails n times, and the times at which it was called.
func outage(n int) (call func() error, times *[]time.Time) {
	times = new([]time.Time)
	return func() error {
		*times = append(*times, time.Now())
		if len(*times) <= n {
			return fmt.Errorf("write: %w", jobs.ErrStorage)
		}
		return nil
	}, times
}

func TestRunnerSitsOutAnOutage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Finish", "Recover"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newFlaky()
				call, times := outage(6)
				wantRunAt := time.Now()
				if name == "Finish" {
					q.finish = call
				} else {
					q.recover = call
					wantRunAt = wantRunAt.Add(3500 * time.Millisecond) // not before its attempt is recorded
				}
				j := newJob(t, func(j *jobs.Job) { j.Recovered, j.Payload = true, []byte("kept") })
				submit(t, q, j)
				var runs []time.Time
				start(t, q, each(func(j *jobs.Job) jobs.Outcome {
					runs = append(runs, time.Now())
					return echo(j)
				}), runnerConfig())
				got := watch(t, q, j)
				if got.State != jobs.Completed || string(got.Result) != "kept" {
					t.Errorf("job is %v with %q, want completed with what the handler returned", got.State, got.Result)
				}
				if len(runs) != 1 || !runs[0].Equal(wantRunAt) {
					t.Errorf("the handler ran at %v, want once, at %v", runs, wantRunAt)
				}
				var pauses []time.Duration
				for i := range (*times)[1:] {
					pauses = append(pauses, (*times)[i+1].Sub((*times)[i])/time.Millisecond)
				}
				if diff := cmp.Diff([]time.Duration{100, 200, 400, 800, 1000, 1000}, pauses); diff != "" {
					t.Errorf("pauses in ms (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestRunnerStopsInAnOutage shows that a runner can be stopped while nothing can be recorded: a
// job keeps its row, so that the next process runs it.
func TestRunnerStopsInAnOutage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Finish", "Recover"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newFlaky()
				call, _ := outage(1 << 30)
				wantRuns := 0
				if name == "Finish" {
					q.finish = call
					wantRuns = 1
				} else {
					q.recover = call
				}
				j := newJob(t, func(j *jobs.Job) { j.Recovered = true })
				submit(t, q, j)
				runs := 0
				stop := start(t, q, each(func(j *jobs.Job) jobs.Outcome {
					runs++
					return echo(j)
				}), runnerConfig())
				<-time.After(time.Minute)
				asked := time.Now()
				if err := stop(); err != nil || time.Since(asked) > 0 {
					t.Errorf("Run = %v after %v, want nil at once", err, time.Since(asked))
				}
				if got, err := q.Get(t.Context(), "", j.ID); err != nil || got.State.Final() || runs != wantRuns {
					t.Errorf("job is %v after %d runs, %v, want unfinished after %d", got.State, runs, err, wantRuns)
				}
			})
		})
	}
}
