package jobs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/jobstest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	jobstest.Run(t, jobstest.Harness{
		Open: func(_ *testing.T, cfg jobs.Config) jobstest.Engine { return jobs.NewMemory(cfg) },
	})
}

func TestMemoryEnds(t *testing.T) {
	t.Parallel()
	m := newMemory()
	submit(t, m, newJob(t))
	j := take(t, m)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if _, err := m.Take(t.Context(), 1); !errors.Is(err, jobs.ErrClosed) {
		t.Errorf("Take = %v, want ErrClosed", err)
	}
	if err := m.Submit(t.Context(), []*jobs.Job{newJob(t)}); !errors.Is(err, jobs.ErrClosed) {
		t.Errorf("Submit = %v, want ErrClosed", err)
	}
	j.State = jobs.Completed
	if err := m.Finish(t.Context(), []*jobs.Job{j}); err != nil {
		t.Errorf("Finish of a job in hand = %v", err)
	}
	if got, err := m.Get(t.Context(), j.Tenant, j.ID); err != nil || got.State != jobs.Completed {
		t.Errorf("Get = %v, %v, want the completed job", got, err)
	}
}
