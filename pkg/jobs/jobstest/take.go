package jobstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func takeChecks() []check {
	return []check{
		{name: "a taken job is processing", run: taken},
		{name: "Take returns the error of its context", run: takeEnds},
		{name: "Take waits for a job", run: takeWaits},
		{name: "each of two takers that wait gets a job", run: twoTakers},
		{name: "a delayed job is not taken before its time", run: delayed},
		{name: "a delayed job reaches a taker when another has left", run: delayedTakerLeaves},
		{name: "a delayed job reaches a taker while another works", run: delayedTakerBusy},
		{name: "every job is taken once and gets its own result", run: crowd},
	}
}

func taken(x *trial) {
	from := x.now()
	want := *x.submit(x.job(func(j *jobs.Job) { j.Model = "größe"; j.Payload = allBytes() }))[0]
	got := x.take(1)[0]
	if got.Started.Before(from) || got.Started.After(x.now()) || got.Started != got.Started.UTC().Truncate(time.Microsecond) {
		x.Errorf("Started = %v, want the time of Take in UTC and whole microseconds", got.Started)
	}
	want.State, want.Attempt, want.Started = jobs.Processing, 1, got.Started
	x.wantJobs([]*jobs.Job{&want}, []*jobs.Job{got})
	x.wantJobs([]*jobs.Job{&want}, []*jobs.Job{x.get(want.ID)})

	// What the taker does to its job is seen by nobody before Finish.
	got.State, got.Result, got.Attempt = jobs.Completed, []byte("early"), 9
	x.wantJobs([]*jobs.Job{&want}, []*jobs.Job{x.get(want.ID)})
}

func takeEnds(x *trial) {
	ctx, cancel := context.WithCancel(x.Context())
	cancel()
	if batch, err := x.Take(ctx, 1); !errors.Is(err, context.Canceled) {
		x.Errorf("Take = %d jobs, %v, want context.Canceled", len(batch), err)
	}
	ctx, cancel = context.WithTimeout(x.Context(), moment)
	defer cancel()
	if batch, err := x.Take(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		x.Errorf("Take = %d jobs, %v, want context.DeadlineExceeded", len(batch), err)
	}
}

// takeLater takes one job in the background.
func (x *trial) takeLater(ctx context.Context) <-chan *jobs.Job {
	got := make(chan *jobs.Job, 1)
	go func() {
		defer close(got)
		if batch, err := x.Take(ctx, 1); err == nil {
			got <- batch[0]
		}
	}()
	return got
}

// receive returns what takeLater took.
func (x *trial) receive(got <-chan *jobs.Job) *jobs.Job {
	x.Helper()
	j, ok := <-got
	if !ok {
		x.Fatalf("Take returned no job within %v", patience)
	}
	return j
}

func takeWaits(x *trial) {
	got := x.takeLater(x.ctx())
	<-time.After(moment)
	want := x.submit(x.job())
	x.wantIDs(ids(want), []jobs.ID{x.receive(got).ID})
}

func twoTakers(x *trial) {
	a, b := x.takersWait(x.ctx(), x.ctx())
	want := ids(x.submit(x.batch(2)...))
	got := []jobs.ID{x.receive(a).ID, x.receive(b).ID}
	slices.SortFunc(got, jobs.ID.Compare)
	x.wantIDs(want, got)
}

// in returns an edit that delays a job.
func (x *trial) in(delay time.Duration) func(*jobs.Job) {
	at := x.now().Add(delay)
	return func(j *jobs.Job) { j.RunAt = at }
}

func delayed(x *trial) {
	ready, soon, late := x.job(), x.job(x.in(2*moment)), x.job(x.in(4*moment))
	x.submit(late, soon, ready)
	x.wantStats(jobs.Stats{jobs.Pending: 3})
	for _, want := range []*jobs.Job{ready, soon, late} {
		got := x.take(1)[0]
		x.wantIDs([]jobs.ID{want.ID}, []jobs.ID{got.ID})
		if now := x.now(); now.Before(want.RunAt) {
			x.Errorf("taken %v before its RunAt", want.RunAt.Sub(now))
		}
	}
}

// takersWait returns two takers that wait already, in this order.
func (x *trial) takersWait(first, second context.Context) (a, b <-chan *jobs.Job) {
	a = x.takeLater(first)
	<-time.After(moment)
	b = x.takeLater(second)
	<-time.After(moment)
	return a, b
}

func delayedTakerLeaves(x *trial) {
	ctx, leave := context.WithCancel(x.ctx())
	a, b := x.takersWait(ctx, x.ctx())
	want := x.submit(x.job(x.in(20 * moment)))[0]
	<-time.After(moment)
	leave()
	if j, ok := <-a; ok {
		x.Fatalf("took %v before its RunAt", j.ID)
	}
	x.wantIDs([]jobs.ID{want.ID}, []jobs.ID{x.receive(b).ID})
}

func delayedTakerBusy(x *trial) {
	a, b := x.takersWait(x.ctx(), x.ctx())
	want := ids(x.submit(x.job(x.in(moment)), x.job(x.in(3*moment))))
	got := []jobs.ID{x.receive(a).ID, x.receive(b).ID}
	slices.SortFunc(got, jobs.ID.Compare)
	x.wantIDs(want, got)
}
