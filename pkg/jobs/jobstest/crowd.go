package jobstest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// crowd has submitters, takers and readers at work at once. Each submitter waits for its own
// results, which say whose payload they were made of.
func crowd(x *trial) {
	const submitters, takers, jobsEach = 6, 4, 150
	c := &tally{trial: x, taken: make(map[jobs.ID]int)}
	c.left.Store(submitters * jobsEach)
	work, ctx := errgroup.WithContext(x.ctx())
	c.ctx, c.stop = context.WithCancel(ctx)
	defer c.stop()
	for range submitters {
		batch := x.batch(jobsEach)
		work.Go(func() error { return c.submitAndWatch(batch) })
	}
	for range takers {
		work.Go(c.takeAndFinish)
	}
	work.Go(c.read)
	if err := work.Wait(); err != nil {
		x.Fatal(err)
	}
	for id, times := range c.taken {
		if times != 1 {
			x.Errorf("job %v was taken %d times, want once", id, times)
		}
	}
	if len(c.taken) != submitters*jobsEach {
		x.Errorf("%d jobs were taken, want %d", len(c.taken), submitters*jobsEach)
	}
	x.wantStats(jobs.Stats{jobs.Completed: submitters * jobsEach})
	x.idle()
}

// tally is what the crowd knows together.
type tally struct {
	*trial
	ctx  context.Context // ends with the last job
	stop func()
	left atomic.Int64 // jobs that are not finished

	mu    sync.Mutex
	taken map[jobs.ID]int
}

func (c *tally) submitAndWatch(batch []*jobs.Job) error {
	ctx := c.trial.ctx()
	size := 0
	for rest := batch; len(rest) > 0; rest = rest[size:] {
		size = min(size%7+1, len(rest))
		if err := c.Submit(ctx, rest[:size]); err != nil {
			return fmt.Errorf("submit: %w", err)
		}
	}
	for _, want := range batch {
		got, err := c.Watch(ctx, "t", want.ID)
		if err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		if got.State != jobs.Completed || !bytes.Equal(got.Result, reversed(want.Payload)) {
			return fmt.Errorf("payload %q ended %v with the result %q", want.Payload, got.State, got.Result)
		}
	}
	return nil
}

func (c *tally) takeAndFinish() error {
	for {
		batch, err := c.Take(c.ctx, 16)
		switch {
		case c.left.Load() == 0:
			return nil
		case err != nil:
			return fmt.Errorf("take: %w", err)
		}
		c.mu.Lock()
		for _, j := range batch {
			c.taken[j.ID]++
			j.State, j.Finished, j.Result = jobs.Completed, c.now(), reversed(j.Payload)
		}
		c.mu.Unlock()
		if err := c.Finish(c.trial.ctx(), batch); err != nil {
			return fmt.Errorf("finish: %w", err)
		}
		if c.left.Add(-int64(len(batch))) == 0 {
			c.stop()
		}
	}
}

// read looks at the jobs until all are finished: they only grow in number, and pages have their
// order.
func (c *tally) read() error {
	ctx, total := c.trial.ctx(), 0
	for c.ctx.Err() == nil {
		stats, err := c.Stats(ctx, "t")
		if err != nil {
			return fmt.Errorf("stats: %w", err)
		}
		if stats.Total() < total {
			return fmt.Errorf("stats: %d jobs after %d", stats.Total(), total)
		}
		total = stats.Total()
		page, err := c.List(ctx, jobs.Query{Tenant: "t", Limit: 50})
		if err != nil {
			return fmt.Errorf("list: %w", err)
		}
		if !slices.IsSortedFunc(page, func(a, b *jobs.Job) int { return b.ID.Compare(a.ID) }) {
			return fmt.Errorf("list: %v, want newest first", ids(page))
		}
		select {
		case <-c.ctx.Done():
		case <-time.After(5 * time.Millisecond): // the others are to get on
		}
	}
	return nil
}

func reversed(b []byte) []byte {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return b
}
