package jobs

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Memory is the engine that keeps jobs for as long as the process lives. It makes the promises of
// Queue and Reader but the one of durability, so that tests and embedders need no disk.
type Memory struct {
	cfg      Config
	dispatch *Dispatch

	mu         sync.RWMutex
	rows       map[string][]*Job // tenant -> its jobs by id, pending or final; a row is replaced, never changed
	unfinished int
	closed     bool
}

// NewMemory returns an engine without jobs.
func NewMemory(cfg Config) *Memory {
	return &Memory{cfg: cfg, dispatch: NewDispatch(cfg.Now), rows: make(map[string][]*Job)}
}

// Run waits until ctx ends and then closes the engine: what waits in Take, and every later
// Submit, gets ErrClosed. Jobs in hand may still be finished, and all may be read.
func (m *Memory) Run(ctx context.Context) error {
	<-ctx.Done()
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.dispatch.Close()
	return nil
}

// Submit implements Queue.
func (m *Memory) Submit(ctx context.Context, batch []*Job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.insert(batch); err != nil {
		return err
	}
	m.dispatch.Add(batch...)
	return nil
}

func (m *Memory) insert(batch []*Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return ErrClosed
	case m.unfinished+len(batch) > m.cfg.MaxPending:
		return fmt.Errorf("%w: %d of %d", ErrBacklogFull, m.unfinished, m.cfg.MaxPending)
	}
	for _, j := range batch {
		rows := m.rows[j.Tenant]
		at, _ := find(rows, j.ID)
		m.rows[j.Tenant] = slices.Insert(rows, at, j)
	}
	m.unfinished += len(batch)
	return nil
}

// Take implements Queue.
func (m *Memory) Take(ctx context.Context, limit int) ([]*Job, error) {
	return m.dispatch.Take(ctx, limit)
}

// Recover implements Queue. There is nothing to record: no job outlives the process, and the count
// of one that is processing is known.
func (m *Memory) Recover(context.Context, []*Job) error { return nil }

// Finish implements Queue.
func (m *Memory) Finish(_ context.Context, batch []*Job) error {
	m.mu.Lock()
	for _, j := range batch {
		rows := m.rows[j.Tenant]
		at, ok := find(rows, j.ID)
		if !ok {
			continue
		}
		rows[at] = j
		if j.State.Final() {
			m.unfinished--
		}
	}
	m.mu.Unlock()
	m.dispatch.Done(batch...)
	return nil
}

// Get implements Reader.
func (m *Memory) Get(_ context.Context, tenant string, id ID) (*Job, error) {
	run, runs := m.dispatch.Running(id)
	m.mu.RLock()
	defer m.mu.RUnlock()
	rows := m.rows[tenant]
	at, ok := find(rows, id)
	switch {
	case !ok:
		return nil, ErrNotFound
	case runs:
		return run.Over(rows[at]), nil
	}
	return rows[at], nil
}

// List implements Reader. It looks at every job that is newer than what it returns.
func (m *Memory) List(_ context.Context, q Query) ([]*Job, error) {
	running := m.dispatch.AllRunning(q.Tenant)
	m.mu.RLock()
	defer m.mu.RUnlock()
	rows := m.rows[q.Tenant]
	if !q.Before.IsZero() {
		end, _ := find(rows, q.Before)
		rows = rows[:end]
	}
	var page []*Job
	for _, j := range slices.Backward(rows) {
		if len(page) == q.Limit {
			break
		}
		if run, runs := running[j.ID]; runs {
			j = run.Over(j)
		}
		if q.State == 0 || q.State == j.State {
			shown := *j
			shown.Payload = nil
			page = append(page, &shown)
		}
	}
	return page, nil
}

// Stats implements Reader. It counts anew, which takes time in proportion to the jobs.
func (m *Memory) Stats(_ context.Context, tenant string) (Stats, error) {
	running := m.dispatch.AllRunning(tenant)
	m.mu.RLock()
	defer m.mu.RUnlock()
	stats := make(Stats)
	for _, j := range m.rows[tenant] {
		if run, runs := running[j.ID]; runs {
			j = run.Over(j)
		}
		stats[j.State]++
	}
	return stats, nil
}

// Watch implements Reader.
func (m *Memory) Watch(ctx context.Context, tenant string, id ID) (*Job, error) {
	ended, stop := m.dispatch.Watch(id)
	defer stop()
	j, err := m.Get(ctx, tenant, id)
	if err != nil || j.State.Final() {
		return j, err
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return m.Get(ctx, tenant, id)
}

// find returns where in rows the job is, or would be.
func find(rows []*Job, id ID) (at int, found bool) {
	return slices.BinarySearchFunc(rows, id, func(j *Job, id ID) int { return j.ID.Compare(id) })
}
