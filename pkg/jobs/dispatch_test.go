package jobs_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// takeNow takes what there is, without waiting.
func takeNow(t *testing.T, d *jobs.Dispatch, limit int) []*jobs.Job {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	batch, err := d.Take(ctx, limit)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return batch
}

// model is a Dispatch that looks through all its jobs for every answer.
type model struct {
	now     time.Time
	waiting []*jobs.Job
	running []*jobs.Job
}

// take moves the most urgent jobs that are due to the running ones.
func (m *model) take(limit int) []jobs.ID {
	slices.SortFunc(m.waiting, func(a, b *jobs.Job) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.ID.Compare(b.ID))
	})
	var taken []jobs.ID
	m.waiting = slices.DeleteFunc(m.waiting, func(j *jobs.Job) bool {
		if len(taken) == limit || j.RunAt.After(m.now) {
			return false
		}
		taken = append(taken, j.ID)
		return true
	})
	return taken
}

func TestDispatchEqualsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{now: time.Date(2024, 3, 14, 12, 0, 0, 0, time.UTC)}
		d := jobs.NewDispatch(func() time.Time { return m.now })
		delay := rapid.Map(rapid.IntRange(-2, 5), func(n int) time.Duration { return time.Duration(n) * time.Second })
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				batch := newJobs(t, rapid.IntRange(0, 5).Draw(rt, "jobs"))
				for _, j := range batch {
					j.Priority = rapid.IntRange(-1, 1).Draw(rt, "priority")
					j.RunAt = m.now.Add(delay.Draw(rt, "delay"))
				}
				d.Add(batch...)
				m.waiting = append(m.waiting, batch...)
			},
			"take": func(rt *rapid.T) {
				limit := rapid.IntRange(1, 4).Draw(rt, "limit")
				batch := takeNow(t, d, limit)
				var got []jobs.ID
				for _, j := range batch {
					got = append(got, j.ID)
				}
				if diff := gocmp.Diff(m.take(limit), got); diff != "" {
					rt.Fatalf("Take (-want +got):\n%s", diff)
				}
				m.running = append(m.running, batch...)
			},
			"done": func(rt *rapid.T) {
				if len(m.running) == 0 {
					return
				}
				i := rapid.IntRange(0, len(m.running)-1).Draw(rt, "which")
				j := m.running[i]
				m.running = slices.Delete(m.running, i, i+1)
				if j.State = jobs.Completed; rapid.Bool().Draw(rt, "again") {
					j.State, j.RunAt = jobs.Pending, m.now.Add(delay.Draw(rt, "delay"))
					m.waiting = append(m.waiting, j)
				}
				d.Done(j)
			},
			"wait": func(*rapid.T) { m.now = m.now.Add(time.Second) },
			"": func(rt *rapid.T) {
				if got, want := d.Len(), len(m.waiting)+len(m.running); got != want {
					rt.Fatalf("Len = %d, want %d", got, want)
				}
				if got := len(d.AllRunning("")); got != len(m.running) {
					rt.Fatalf("%d are running, want %d", got, len(m.running))
				}
				for _, j := range slices.Concat(m.waiting, m.running) {
					if !d.Holds(j.ID) {
						rt.Fatalf("Holds(%v) = false, want true", j.ID)
					}
				}
			},
		})
	})
}

func TestDispatchRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := jobs.NewDispatch(time.Now)
		ours := newJob(t, func(j *jobs.Job) { j.Tenant, j.Attempt = "us", 2 })
		theirs := newJob(t, func(j *jobs.Job) { j.Tenant = "them" })
		d.Add(ours, theirs)
		if _, runs := d.Running(ours.ID); runs {
			t.Error("a job runs before Take")
		}
		batch := takeNow(t, d, 2)
		want := jobs.Attempt{Number: 3, Started: time.Now().UTC()}
		got, runs := d.Running(ours.ID)
		if diff := gocmp.Diff(want, got); diff != "" || !runs {
			t.Errorf("Running (-want +got):\n%s", diff)
		}
		if diff := gocmp.Diff(map[jobs.ID]jobs.Attempt{ours.ID: want}, d.AllRunning("us")); diff != "" {
			t.Errorf("AllRunning (-want +got):\n%s", diff)
		}
		if over := got.Over(ours); over.State != jobs.Processing || over.Attempt != 3 || ours.State != jobs.Pending {
			t.Errorf("Over = %v at attempt %d of a job that is %v, want a copy that is processing at 3", over.State, over.Attempt, ours.State)
		}
		batch[0].State = jobs.Failed
		if over := got.Over(batch[0]); over != batch[0] {
			t.Errorf("Over a final job = %v, want the job as it is", over.State)
		}
		d.Done(batch[0])
		if _, runs := d.Running(ours.ID); runs || d.Holds(ours.ID) || d.Len() != 1 {
			t.Error("a job runs after it has ended")
		}
	})
}

func TestDispatchReady(t *testing.T) {
	t.Parallel()
	d := jobs.NewDispatch(time.Now)
	payload := len(newJob(t).Payload)
	check := func(wantJobs, wantLowest int) {
		t.Helper()
		want := jobs.Backlog{Jobs: wantJobs, Bytes: wantJobs * payload, Lowest: wantLowest}
		if got := d.Ready(); got != want {
			t.Errorf("Ready = %+v, want %+v", got, want)
		}
	}
	check(0, 0)
	for _, priority := range []int{5, 3, 5} {
		d.Add(newJob(t, func(j *jobs.Job) { j.Priority = priority }))
	}
	d.Add(newJob(t, func(j *jobs.Job) { j.Priority, j.RunAt = 1, time.Now().Add(time.Hour) }))
	check(3, 3)
	takeNow(t, d, 2)
	check(1, 3)
	takeNow(t, d, 2)
	check(0, 0)
}

// TestDispatchDelays has takers that wait before the delayed jobs come: each job must reach one of
// them at its time, whatever the others do.
func TestDispatchDelays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		delays []time.Duration // of jobs that come together, after the takers
		takers int
		leave  int // takers that leave before the first job is due
	}{
		{name: "one job", delays: []time.Duration{time.Hour}, takers: 1},
		{name: "as many jobs as takers", delays: []time.Duration{3 * time.Second, time.Second, 2 * time.Second}, takers: 3},
		{name: "more takers than jobs", delays: []time.Duration{time.Minute, time.Second}, takers: 5},
		{name: "the first taker leaves", delays: []time.Duration{time.Second}, takers: 2, leave: 1},
		{name: "all but one leave", delays: []time.Duration{2 * time.Second}, takers: 4, leave: 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := jobs.NewDispatch(time.Now)
				start := time.Now()
				late := make(chan time.Duration, len(tt.delays))
				var leave []context.CancelFunc
				for range tt.takers {
					ctx, cancel := context.WithCancel(t.Context())
					leave = append(leave, cancel)
					go func() { // takes one job and is busy for good
						if batch, err := d.Take(ctx, 1); err == nil {
							late <- time.Since(batch[0].RunAt)
						}
					}()
					synctest.Wait()
				}
				batch := newJobs(t, len(tt.delays))
				for i, j := range batch {
					j.RunAt = start.Add(tt.delays[i])
				}
				d.Add(batch...)
				synctest.Wait()
				for _, cancel := range leave[:tt.leave] {
					cancel()
					synctest.Wait()
				}
				<-time.After(2 * time.Hour)
				if len(late) != len(tt.delays) {
					t.Errorf("%d jobs were taken, want %d", len(late), len(tt.delays))
				}
				for range len(late) {
					if got := <-late; got != 0 {
						t.Errorf("a job was taken %v after it was due, want at once", got)
					}
				}
				for _, cancel := range leave {
					cancel()
				}
			})
		})
	}
}

func TestDispatchWatch(t *testing.T) {
	t.Parallel()
	d := jobs.NewDispatch(time.Now)
	j := newJob(t)
	d.Add(j)
	isClosed := func(ended <-chan struct{}) bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	}
	first, stopFirst := d.Watch(j.ID)
	second, stopSecond := d.Watch(j.ID)
	other, stopOther := d.Watch(newJob(t).ID)
	stopFirst()
	stopFirst() // counts once
	taken := takeNow(t, d, 1)[0]
	taken.State = jobs.Pending
	d.Done(taken)
	if isClosed(first) || isClosed(second) {
		t.Error("a watch ended with a job that is pending again")
	}
	taken = takeNow(t, d, 1)[0]
	taken.State = jobs.Completed
	d.Done(taken)
	if !isClosed(second) || isClosed(other) {
		t.Errorf("after its job ended a watch is closed: %t, another: %t", isClosed(second), isClosed(other))
	}
	late, stopLate := d.Watch(j.ID)
	stopSecond() // of the watch that has ended, not of the late one
	d.Done(taken)
	if !isClosed(late) {
		t.Error("a stale stop took the watch of another away")
	}
	stopLate()
	stopOther()
}

func TestDispatchClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := jobs.NewDispatch(time.Now)
		j := newJob(t)
		d.Add(j)
		taken := takeNow(t, d, 1)[0]
		waits := make(chan error, 1)
		go func() {
			_, err := d.Take(t.Context(), 1)
			waits <- err
		}()
		synctest.Wait()
		d.Close()
		d.Close() // changes nothing
		if err := <-waits; !errors.Is(err, jobs.ErrClosed) {
			t.Errorf("Take that waits = %v, want ErrClosed", err)
		}
		d.Add(newJob(t))
		if _, err := d.Take(t.Context(), 1); !errors.Is(err, jobs.ErrClosed) {
			t.Errorf("Take = %v, want ErrClosed", err)
		}
		ended, stop := d.Watch(j.ID)
		defer stop()
		taken.State = jobs.Completed
		d.Done(taken)
		<-ended
	})
}
