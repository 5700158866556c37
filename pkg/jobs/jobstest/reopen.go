package jobstest

import (
	"errors"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func reopenChecks() []check {
	return []check{
		{name: "a new process finds every job", run: foundAgain},
		{name: "a new process takes what is unfinished, in order", run: takenAgain},
		{name: "a new process knows the attempts that were recorded", run: attemptsAgain},
		{name: "a new process keeps delayed jobs waiting", run: delayedAgain},
		{name: "a new process bounds the same backlog", maxPending: 3, run: backlogAgain},
		{name: "a job that a new process accepts is its own", run: ownJobs},
	}
}

// reopen goes on as a new process.
func (x *trial) reopen() {
	x.Helper()
	x.Engine = x.harness.Reopen(x.T, x.Engine)
}

func foundAgain(x *trial) {
	states := []jobs.State{jobs.Completed, jobs.Failed, jobs.Canceled, jobs.Expired}
	x.submit(x.batch(len(states) + 1)...)
	batch := x.take(len(states) + 1)
	for i, state := range states {
		batch[i].Result = allBytes()
		batch[i].Fault = &jobs.Fault{Code: "odd", Message: odd}
		x.finish(state, batch[i])
	}
	waits := x.submit(x.job(func(j *jobs.Job) { j.Payload, j.Model, j.Priority = allBytes(), odd, -3 }))[0]
	counts := jobs.Stats{jobs.Completed: 1, jobs.Failed: 1, jobs.Canceled: 1, jobs.Expired: 1, jobs.Pending: 2}
	for range 2 {
		x.reopen()
		x.wantStats(counts)
		for _, want := range batch[:len(states)] {
			x.wantJobs([]*jobs.Job{want}, []*jobs.Job{x.get(want.ID)})
		}
		for _, id := range []jobs.ID{batch[len(states)].ID, waits.ID} {
			if got := x.get(id); got.State != jobs.Pending || got.Attempt != 0 {
				x.Errorf("job %v is %v at attempt %d, want pending at 0: nothing was recorded", id, got.State, got.Attempt)
			}
		}
	}
	got := x.get(waits.ID)
	want := *waits
	want.Recovered = got.Recovered // says nothing to a reader
	x.wantJobs([]*jobs.Job{&want}, []*jobs.Job{got})
}

func takenAgain(x *trial) {
	batch := x.batch(9)
	for i, j := range batch {
		j.Priority = i / 3
	}
	want := append(ids(batch[6:]), append(ids(batch[3:6]), ids(batch[:3])...)...)
	x.submit(batch...)
	x.take(4)
	x.reopen()
	x.wantStats(jobs.Stats{jobs.Pending: 9})
	got := x.take(9)
	x.wantIDs(want, ids(got))
	for _, j := range got {
		if !j.Recovered || j.State != jobs.Processing || j.Attempt != 1 {
			x.Errorf("recovered %t, %v, attempt %d, want a recovered job that is processing at 1", j.Recovered, j.State, j.Attempt)
		}
	}
	x.wantStats(jobs.Stats{jobs.Processing: 9})
	if err := x.Recover(x.ctx(), got); err != nil {
		x.Fatal(err)
	}
	x.finish(jobs.Completed, got...)
	x.idle()
	x.reopen()
	x.wantStats(jobs.Stats{jobs.Completed: 9})
	x.idle()
}

func attemptsAgain(x *trial) {
	x.submit(x.batch(3)...)
	first := x.take(3) // is never recorded
	x.finish(jobs.Pending, first[2])
	for attempt := 1; attempt <= 3; attempt++ {
		x.reopen()
		batch := x.take(3)
		for i, want := range []int{attempt, 1, attempt + 1} {
			if got := batch[i]; got.ID != first[i].ID || got.Attempt != want || !got.Recovered {
				x.Errorf("job %d: attempt %d, recovered %t, want %d and recovered", i, got.Attempt, got.Recovered, want)
			}
		}
		if err := x.Recover(x.ctx(), []*jobs.Job{batch[0], batch[2]}); err != nil {
			x.Fatal(err)
		}
	}
}

func delayedAgain(x *trial) {
	hour := x.job(x.in(time.Hour))
	x.submit(hour, x.job())
	retried := x.take(1)[0]
	x.in(8 * moment)(retried)
	retried.Fault = &jobs.Fault{Code: "busy", Temporary: true}
	x.finish(jobs.Pending, retried)
	x.reopen()
	if got := x.get(hour.ID); !got.RunAt.Equal(hour.RunAt) {
		x.Errorf("RunAt = %v, want %v", got.RunAt, hour.RunAt)
	}
	got := x.take(1)[0]
	if got.ID != retried.ID || got.Attempt != 2 || !got.RunAt.Equal(retried.RunAt) {
		x.Errorf("took %v at attempt %d, want %v at 2", got.ID, got.Attempt, retried.ID)
	}
	if now := x.now(); now.Before(retried.RunAt) {
		x.Errorf("taken %v before its RunAt", retried.RunAt.Sub(now))
	}
	x.idle()
}

func backlogAgain(x *trial) {
	x.submit(x.batch(3)...)
	x.finish(jobs.Completed, x.take(1)...)
	x.reopen()
	x.submit(x.job())
	if err := x.Submit(x.ctx(), x.batch(1)); !errors.Is(err, jobs.ErrBacklogFull) {
		x.Fatalf("Submit = %v, want ErrBacklogFull: 3 wait, 2 of an earlier process", err)
	}
	x.finish(jobs.Completed, x.take(3)...)
	x.submit(x.batch(3)...)
}

func ownJobs(x *trial) {
	x.submit(x.job())
	x.reopen()
	own := x.submit(x.job())[0]
	old := x.take(1)[0]
	got := x.take(1)[0]
	if got.ID != own.ID || got.Recovered {
		x.Errorf("took %v, recovered %t, want %v of this process", got.ID, got.Recovered, own.ID)
	}
	x.finish(jobs.Pending, old)
	if old = x.take(1)[0]; old.Recovered || old.Attempt != 2 {
		x.Errorf("recovered %t at attempt %d, want a retry of this process at 2", old.Recovered, old.Attempt)
	}
}
