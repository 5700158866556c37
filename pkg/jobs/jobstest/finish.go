package jobstest

import (
	"bytes"
	"strings"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func finishChecks() []check {
	return []check{
		{name: "a result is read as it was given", run: results},
		{name: "a fault is read as it was given", run: faults},
		{name: "a batch may end in any states", run: mixed},
		{name: "a job that is pending again is taken again", run: again},
		{name: "a job that is pending again waits for its time", run: againLater},
		{name: "an attempt can be recorded", run: recorded},
	}
}

func results(x *trial) {
	results := [][]byte{nil, {}, []byte(`{"predicted_sales":20.5}`), allBytes(), bytes.Repeat(allBytes(), 4096)}
	for text := range strings.Lines(odd) {
		results = append(results, []byte(text))
	}
	x.submit(x.batch(len(results))...)
	batch := x.take(len(results))
	for i, j := range batch {
		j.Result = results[i]
	}
	x.finish(jobs.Completed, batch...)
	for i, j := range batch {
		got := x.get(j.ID)
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{got})
		if !bytes.Equal(got.Result, results[i]) {
			x.Errorf("Result %d differs from what was given", i)
		}
	}
	x.idle()
}

func faults(x *trial) {
	faults := []*jobs.Fault{
		{Code: "model_gone", Message: "no such model"},
		{Code: "timeout", Message: "try later", Temporary: true},
		{},
		{Message: strings.Repeat("long ", 2000)},
	}
	for text := range strings.Lines(odd) {
		faults = append(faults, &jobs.Fault{Code: "odd", Message: text})
	}
	x.submit(x.batch(len(faults))...)
	batch := x.take(len(faults))
	for i, j := range batch {
		j.Fault = faults[i]
	}
	x.finish(jobs.Failed, batch...)
	for _, j := range batch {
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
	}
}

func mixed(x *trial) {
	states := []jobs.State{jobs.Completed, jobs.Failed, jobs.Canceled, jobs.Expired, jobs.Pending}
	x.submit(x.batch(len(states))...)
	batch := x.take(len(states))
	for i, j := range batch {
		j.State = states[i]
		if j.State.Final() {
			j.Finished = x.now()
		}
	}
	if err := x.Finish(x.ctx(), batch); err != nil {
		x.Fatal(err)
	}
	for _, j := range batch {
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
	}
	x.wantStats(jobs.Stats{jobs.Completed: 1, jobs.Failed: 1, jobs.Canceled: 1, jobs.Expired: 1, jobs.Pending: 1})
	x.wantIDs([]jobs.ID{batch[4].ID}, ids(x.take(1)))
	x.idle()
}

func again(x *trial) {
	x.submit(x.job())
	for attempt := 1; attempt <= 3; attempt++ {
		j := x.take(1)[0]
		if j.Attempt != attempt || j.Recovered {
			x.Errorf("attempt %d, recovered %t, want attempt %d of this process", j.Attempt, j.Recovered, attempt)
		}
		j.Fault = &jobs.Fault{Code: "busy", Message: "try again", Temporary: true}
		x.finish(jobs.Pending, j)
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
		x.wantStats(jobs.Stats{jobs.Pending: 1})
	}
	j := x.take(1)[0]
	j.Fault, j.Result = nil, []byte("at last")
	x.finish(jobs.Completed, j)
	x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
}

func againLater(x *trial) {
	x.submit(x.job())
	j := x.take(1)[0]
	x.in(3 * moment)(j)
	x.finish(jobs.Pending, j)
	x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
	x.take(1)
	if now := x.now(); now.Before(j.RunAt) {
		x.Errorf("taken %v before its RunAt", j.RunAt.Sub(now))
	}
}

func recorded(x *trial) {
	x.submit(x.batch(2)...)
	batch := x.take(2)
	if err := x.Recover(x.ctx(), batch); err != nil {
		x.Fatalf("Recover: %v", err)
	}
	for _, j := range batch {
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{x.get(j.ID)})
	}
	x.idle()
	x.finish(jobs.Completed, batch...)
	x.wantStats(jobs.Stats{jobs.Completed: 2})
}
