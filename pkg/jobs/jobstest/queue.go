package jobstest

import (
	"bytes"
	_ "embed"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// odd holds one text per line that storage has been known to change.
//
//go:embed testdata/odd.txt
var odd string

func queueChecks() []check {
	return []check{
		{name: "a job is read as it was submitted", run: submittedAsGiven},
		{name: "a refused batch leaves nothing", maxPending: 3, run: allOrNone},
		{name: "the backlog is bounded and released", maxPending: 2, run: backlog},
		{name: "jobs leave by priority and then by id", run: order},
	}
}

func submittedAsGiven(x *trial) {
	batch := []*jobs.Job{
		x.job(),
		x.job(func(j *jobs.Job) { j.Payload = nil }),
		x.job(func(j *jobs.Job) { j.Payload = allBytes() }),
		x.job(func(j *jobs.Job) { j.Payload = bytes.Repeat(allBytes(), 4096) }),
		x.job(func(j *jobs.Job) { j.Priority, j.MaxAttempts = -7, 1 }),
		x.job(func(j *jobs.Job) { j.Priority, j.MaxAttempts = 1<<31-1, 1000 }),
		x.job(func(j *jobs.Job) {
			j.Created = time.Date(2024, 3, 14, 12, 0, 0, 123456000, time.UTC)
			j.RunAt = time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC)
			j.Deadline = time.Date(2262, 4, 11, 23, 47, 16, 854775000, time.UTC)
		}),
	}
	for text := range strings.Lines(odd) {
		text = strings.TrimSuffix(text, "\n")
		batch = append(batch, x.job(func(j *jobs.Job) { j.Kind, j.Model, j.Payload = text, text, []byte(text) }))
	}
	x.submit(batch...)
	for _, want := range batch {
		x.wantJobs([]*jobs.Job{want}, []*jobs.Job{x.get(want.ID)})
	}
	page, err := x.List(x.ctx(), jobs.Query{Tenant: "t", Limit: len(batch)})
	if err != nil {
		x.Fatal(err)
	}
	slices.Reverse(page)
	for i, want := range batch {
		listed := *want
		listed.Payload = nil
		x.wantJobs([]*jobs.Job{&listed}, page[i:i+1])
	}
}

func allOrNone(x *trial) {
	x.submit(x.batch(2)...)
	refused := x.batch(2)
	if err := x.Submit(x.ctx(), refused); !errors.Is(err, jobs.ErrBacklogFull) {
		x.Fatalf("Submit = %v, want ErrBacklogFull: 2 jobs of 3 wait, and 2 more came", err)
	}
	for _, j := range refused {
		if _, err := x.Get(x.ctx(), "t", j.ID); !errors.Is(err, jobs.ErrNotFound) {
			x.Errorf("Get of a refused job = %v, want ErrNotFound", err)
		}
	}
	x.wantStats(jobs.Stats{jobs.Pending: 2})
	x.submit(refused[0])
	x.take(3)
	x.idle()
}

func backlog(x *trial) {
	full := func(why string) {
		x.Helper()
		if err := x.Submit(x.ctx(), x.batch(1)); !errors.Is(err, jobs.ErrBacklogFull) {
			x.Fatalf("Submit = %v, want ErrBacklogFull: %s", err, why)
		}
	}
	x.submit(x.batch(2)...)
	full("2 wait")
	taken := x.take(2)
	full("2 are processing")
	x.finish(jobs.Pending, taken[0])
	full("1 waits again, 1 is processing")
	x.finish(jobs.Failed, taken[1])
	x.submit(x.job())
	full("2 wait")
	x.finish(jobs.Completed, x.take(2)...)
	x.submit(x.batch(2)...)
}

func order(x *trial) {
	var batch []*jobs.Job
	for i := range 30 {
		batch = append(batch, x.job(func(j *jobs.Job) { j.Priority = i%3 - 1 }))
	}
	want := slices.Clone(batch)
	slices.SortFunc(want, func(a, b *jobs.Job) int {
		if a.Priority != b.Priority {
			return b.Priority - a.Priority
		}
		return a.ID.Compare(b.ID)
	})
	slices.Reverse(batch[:10]) // the order of a batch does not count
	x.submit(batch[10:20]...)
	x.submit(batch[20:]...)
	x.submit(batch[:10]...)
	first, err := x.Take(x.ctx(), 7)
	if err != nil || len(first) == 0 || len(first) > 7 {
		x.Fatalf("Take = %d jobs, %v, want at most 7", len(first), err)
	}
	got := append(first, x.take(30-len(first))...)
	x.wantIDs(ids(want), ids(got))
	x.idle()
}

// allBytes returns every byte once.
func allBytes() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}
