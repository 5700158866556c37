package jobs_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newMemory() *jobs.Memory {
	cfg := jobs.Default()
	cfg.Now = time.Now
	return jobs.NewMemory(cfg)
}

// newJob returns a pending job, changed by edit.
func newJob(t *testing.T, edit ...func(*jobs.Job)) *jobs.Job {
	t.Helper()
	id, err := jobs.NewID()
	if err != nil {
		t.Fatal(err)
	}
	j := &jobs.Job{ID: id, Kind: "test", State: jobs.Pending, MaxAttempts: 5}
	for _, e := range edit {
		e(j)
	}
	return j
}

// newJobs returns n pending jobs, oldest first.
func newJobs(t *testing.T, n int, edit ...func(*jobs.Job)) []*jobs.Job {
	t.Helper()
	batch := make([]*jobs.Job, n)
	for i := range batch {
		batch[i] = newJob(t, edit...)
	}
	return batch
}

func submit(t *testing.T, q jobs.Queue, batch ...*jobs.Job) {
	t.Helper()
	if err := q.Submit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

// take takes one job.
func take(t *testing.T, q jobs.Queue) *jobs.Job {
	t.Helper()
	batch, err := q.Take(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return batch[0]
}
