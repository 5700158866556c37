package jobstest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// Engine is what the suite looks at.
type Engine interface {
	jobs.Queue
	jobs.Reader
}

// Harness opens the engine that is tested. What it opens it closes itself, by t.Cleanup.
type Harness struct {
	// Open returns an engine without jobs that works.
	Open func(t *testing.T, cfg jobs.Config) Engine
	// Reopen ends an engine and returns one of the same Config that holds what a new process
	// finds. It is nil when no job outlives its process.
	Reopen func(t *testing.T, e Engine) Engine
}

// Run runs every check on an engine of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, tt := range checks(h) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := jobs.Default()
			cfg.Now = time.Now //nolint:forbidigo // the suite runs in tests only, on the clock that engines run on
			if tt.maxPending > 0 {
				cfg.MaxPending = tt.maxPending
			}
			tt.run(&trial{T: t, Engine: h.Open(t, cfg), harness: h, clock: cfg.Now})
		})
	}
}

// check is one promise.
type check struct {
	name       string
	maxPending int // 0: the default
	run        func(*trial)
}

// checks returns all promises that the engine makes.
func checks(h Harness) []check {
	all := append(queueChecks(), takeChecks()...)
	all = append(all, finishChecks()...)
	all = append(all, readerChecks()...)
	all = append(all, watchChecks()...)
	if h.Reopen != nil {
		all = append(all, reopenChecks()...)
	}
	return all
}

// trial is a check that is run on an engine.
type trial struct {
	*testing.T
	Engine
	harness Harness
	clock   func() time.Time
}

// patience is how long a call may take that must return, and moment how long one that must not
// is watched.
const (
	patience = 30 * time.Second
	moment   = 50 * time.Millisecond
)

// ctx ends when the engine has used up the patience.
func (x *trial) ctx() context.Context {
	ctx, cancel := context.WithTimeout(x.Context(), patience)
	x.Cleanup(cancel)
	return ctx
}

// now is the time as jobs have it.
func (x *trial) now() time.Time { return x.clock().UTC().Truncate(time.Microsecond) }

// job returns a new pending job, changed by edit.
func (x *trial) job(edit ...func(*jobs.Job)) *jobs.Job {
	x.Helper()
	id, err := jobs.NewID()
	if err != nil {
		x.Fatal(err)
	}
	j := &jobs.Job{
		ID: id, Tenant: "t", Kind: "test", Payload: []byte(id.String()), State: jobs.Pending,
		MaxAttempts: 5, Created: x.now(),
	}
	for _, e := range edit {
		e(j)
	}
	return j
}

// batch returns n new jobs, oldest first.
func (x *trial) batch(n int, edit ...func(*jobs.Job)) []*jobs.Job {
	x.Helper()
	batch := make([]*jobs.Job, n)
	for i := range batch {
		batch[i] = x.job(edit...)
	}
	return batch
}

// submit submits and returns the batch.
func (x *trial) submit(batch ...*jobs.Job) []*jobs.Job {
	x.Helper()
	if err := x.Submit(x.ctx(), batch); err != nil {
		x.Fatalf("Submit: %v", err)
	}
	return batch
}

// take takes exactly n jobs, in one call or more.
func (x *trial) take(n int) []*jobs.Job {
	x.Helper()
	var all []*jobs.Job
	for len(all) < n {
		batch, err := x.Take(x.ctx(), n-len(all))
		if err != nil {
			x.Fatalf("Take: %v after %d of %d jobs", err, len(all), n)
		}
		all = append(all, batch...)
	}
	return all
}

// idle fails the check when there is a job to take.
func (x *trial) idle() {
	x.Helper()
	ctx, cancel := context.WithTimeout(x.Context(), moment)
	defer cancel()
	if batch, err := x.Take(ctx, 1); err == nil {
		x.Fatalf("Take gave %d jobs, the first of them %v, want none", len(batch), batch[0].ID)
	}
}

// finish ends jobs that were taken in that state and returns them.
func (x *trial) finish(state jobs.State, batch ...*jobs.Job) []*jobs.Job {
	x.Helper()
	for _, j := range batch {
		j.State = state
		if state.Final() {
			j.Finished = x.now()
		}
	}
	if err := x.Finish(x.ctx(), batch); err != nil {
		x.Fatalf("Finish: %v", err)
	}
	return batch
}

// get returns a job of the tenant t.
func (x *trial) get(id jobs.ID) *jobs.Job {
	x.Helper()
	j, err := x.Get(x.ctx(), "t", id)
	if err != nil {
		x.Fatalf("Get %v: %v", id, err)
	}
	return j
}

// list returns the ids of a page.
func (x *trial) list(q jobs.Query) []jobs.ID {
	x.Helper()
	page, err := x.List(x.ctx(), q)
	if err != nil {
		x.Fatalf("List %+v: %v", q, err)
	}
	return ids(page)
}

// wantStats compares the counts of the tenant t; states without jobs may be absent.
func (x *trial) wantStats(want jobs.Stats) {
	x.Helper()
	got, err := x.Stats(x.ctx(), "t")
	if err != nil {
		x.Fatalf("Stats: %v", err)
	}
	none := cmpopts.IgnoreMapEntries(func(_ jobs.State, n int) bool { return n == 0 })
	if diff := cmp.Diff(want, got, none, cmpopts.EquateEmpty()); diff != "" {
		x.Errorf("Stats (-want +got):\n%s", diff)
	}
}

// wantJobs compares jobs one by one. An empty payload or result may be nil.
func (x *trial) wantJobs(want, got []*jobs.Job) {
	x.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
		x.Errorf("jobs (-want +got):\n%s", diff)
	}
}

// wantIDs compares ids and their order.
func (x *trial) wantIDs(want, got []jobs.ID) {
	x.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		x.Errorf("ids (-want +got):\n%s", diff)
	}
}

func ids(batch []*jobs.Job) []jobs.ID {
	all := make([]jobs.ID, len(batch))
	for i, j := range batch {
		all[i] = j.ID
	}
	return all
}
