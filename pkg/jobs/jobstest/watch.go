package jobstest

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func watchChecks() []check {
	return []check{
		{name: "a watch ends with the job", run: watchEnds},
		{name: "a watch goes on when the job is pending again", run: watchAgain},
		{name: "a watch ends with its context", run: watchGivesUp},
		{name: "a watch of a final job returns at once", run: watchFinal},
		{name: "a watch of a job that does not exist", run: watchNothing},
	}
}

// watchers starts n watches of a job, each of which must return it in the state.
func (x *trial) watchers(n int, id jobs.ID, want jobs.State) *errgroup.Group {
	var group errgroup.Group
	ctx := x.ctx()
	for range n {
		group.Go(func() error {
			j, err := x.Watch(ctx, "t", id)
			if err == nil && j.State != want {
				err = errors.New("watch returned a job that is " + j.State.String() + ", want " + want.String())
			}
			return err
		})
	}
	return &group
}

func watchEnds(x *trial) {
	id := x.submit(x.job())[0].ID
	early := x.watchers(3, id, jobs.Completed)
	j := x.take(1)[0]
	late := x.watchers(3, id, jobs.Completed)
	j.Result = []byte("done")
	x.finish(jobs.Completed, j)
	for _, group := range []*errgroup.Group{early, late, x.watchers(1, id, jobs.Completed)} {
		if err := group.Wait(); err != nil {
			x.Error(err)
		}
	}
	got, err := x.Watch(x.ctx(), "t", id)
	if err != nil {
		x.Fatal(err)
	}
	x.wantJobs([]*jobs.Job{j}, []*jobs.Job{got})
}

func watchAgain(x *trial) {
	id := x.submit(x.job())[0].ID
	group := x.watchers(2, id, jobs.Failed)
	x.finish(jobs.Pending, x.take(1)...)
	x.finish(jobs.Pending, x.take(1)...)
	x.finish(jobs.Failed, x.take(1)...)
	if err := group.Wait(); err != nil {
		x.Error(err)
	}
}

func watchGivesUp(x *trial) {
	id := x.submit(x.job())[0].ID
	look := func(wait time.Duration, want jobs.State) {
		x.Helper()
		ctx, cancel := context.WithTimeout(x.Context(), wait)
		defer cancel()
		j, err := x.Watch(ctx, "t", id)
		if err != nil || j.State != want {
			x.Errorf("Watch for %v = %v, %v, want the job as it is: %v", wait, j, err, want)
		}
	}
	look(moment, jobs.Pending)
	look(-1, jobs.Pending)
	x.take(1)
	look(moment, jobs.Processing)
	look(-1, jobs.Processing)
}

func watchFinal(x *trial) {
	for _, state := range []jobs.State{jobs.Completed, jobs.Failed, jobs.Canceled, jobs.Expired} {
		x.submit(x.job())
		j := x.finish(state, x.take(1)...)[0]
		got, err := x.Watch(x.ctx(), "t", j.ID)
		if err != nil {
			x.Fatal(err)
		}
		x.wantJobs([]*jobs.Job{j}, []*jobs.Job{got})
	}
}

func watchNothing(x *trial) {
	if j, err := x.Watch(x.ctx(), "t", x.job().ID); !errors.Is(err, jobs.ErrNotFound) {
		x.Errorf("Watch = %v, %v, want ErrNotFound", j, err)
	}
	id := x.submit(x.job())[0].ID
	if j, err := x.Watch(x.ctx(), "other", id); !errors.Is(err, jobs.ErrNotFound) {
		x.Errorf("Watch of another tenant's job = %v, %v, want ErrNotFound", j, err)
	}
}
