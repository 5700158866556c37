package jobs

import (
	"bytes"
	"container/heap"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Dispatch is what an engine whose jobs have one owner keeps in memory: the jobs that are ready,
// by urgency, those that wait for their time, those being run, and who waits for which to end.
// It knows nothing of the disk: the engine adds what it has committed and tells what has ended.
// A job that is taken costs no write. Any number of goroutines may use it.
type Dispatch struct {
	now func() time.Time

	mu       sync.Mutex
	ready    readyHeap
	delayed  delayedHeap
	waiting  map[ID]struct{} // ids of ready and delayed
	levels   map[int]int     // priority -> ready jobs
	bytes    int             // of the ready jobs' payloads
	running  map[ID]running
	watchers map[ID]*watcher
	closed   bool

	wake chan struct{} // holds one token while there may be work for a taker that waits
	done chan struct{} // closed by Close
}

// Attempt is the run of a job that is going on.
type Attempt struct {
	Number  int
	Started time.Time
}

type running struct {
	Attempt

	tenant string
}

// watcher is shared by all that wait for one job.
type watcher struct {
	ended chan struct{}
	users int
}

// NewDispatch returns an empty Dispatch. The clock decides when a delayed job is ready.
func NewDispatch(now func() time.Time) *Dispatch {
	return &Dispatch{
		now: now, waiting: make(map[ID]struct{}), levels: make(map[int]int),
		running: make(map[ID]running), watchers: make(map[ID]*watcher),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Add lets pending jobs be taken, each not before its RunAt. They must be durable, and not held
// already.
func (d *Dispatch) Add(batch ...*Job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, j := range batch {
		d.add(j, now)
	}
	d.signal()
}

func (d *Dispatch) add(j *Job, now time.Time) {
	d.waiting[j.ID] = struct{}{}
	if j.RunAt.After(now) {
		heap.Push(&d.delayed, j)
		return
	}
	heap.Push(&d.ready, j)
	d.levels[j.Priority]++
	d.bytes += len(j.Payload)
}

// signal wakes one taker; it wakes the next if it leaves something.
func (d *Dispatch) signal() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Take waits until a job is ready and returns copies of at most limit of them, the most urgent
// first: Processing, with the attempt counted and its start noted. It returns ctx.Err() when ctx
// ends, and ErrClosed after Close.
func (d *Dispatch) Take(ctx context.Context, limit int) ([]*Job, error) {
	for {
		batch, next, err := d.take(limit)
		if len(batch) > 0 || err != nil {
			return batch, err
		}
		if err := d.wait(ctx, next); err != nil {
			return nil, err
		}
	}
}

// take returns what is ready, or else the time at which the first delayed job will be.
func (d *Dispatch) take(limit int) (batch []*Job, next time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, time.Time{}, ErrClosed
	}
	now := d.now()
	for len(d.delayed) > 0 && !d.delayed[0].RunAt.After(now) {
		d.add(heap.Pop(&d.delayed).(*Job), now)
	}
	started := now.UTC().Truncate(time.Microsecond)
	copies := make([]Job, min(limit, len(d.ready)))
	for i := range copies {
		j := heap.Pop(&d.ready).(*Job)
		if d.levels[j.Priority]--; d.levels[j.Priority] == 0 {
			delete(d.levels, j.Priority)
		}
		d.bytes -= len(j.Payload)
		delete(d.waiting, j.ID)
		copies[i] = *j
		copies[i].State, copies[i].Started = Processing, started
		copies[i].Attempt++
		d.running[j.ID] = running{Attempt{copies[i].Attempt, started}, j.Tenant}
		batch = append(batch, &copies[i])
	}
	if len(d.ready) > 0 || len(batch) > 0 && len(d.delayed) > 0 {
		d.signal() // another taker, which takes the rest or waits for the next delayed one
	}
	if len(d.delayed) > 0 {
		next = d.delayed[0].RunAt
	}
	return batch, next, nil
}

// wait returns when there may be something to take: after Add, or at the time next.
func (d *Dispatch) wait(ctx context.Context, next time.Time) error {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(next.Sub(d.now()))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		d.signal() // this taker may be the only one that knew when the next job is due
		return ctx.Err()
	case <-d.done:
		return ErrClosed
	case <-d.wake:
	case <-due:
	}
	return nil
}

// Done tells that jobs which were taken have left their worker, in the state that each has and
// that is durable. A final one wakes those who watch it, a pending one waits for its next attempt.
func (d *Dispatch) Done(batch ...*Job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, j := range batch {
		delete(d.running, j.ID)
		if !j.State.Final() {
			again := *j
			again.Recovered = false
			d.add(&again, now)
			d.signal()
			continue
		}
		if w := d.watchers[j.ID]; w != nil {
			close(w.ended)
			delete(d.watchers, j.ID)
		}
	}
}

// Len returns how many jobs are ready, delayed or being run.
func (d *Dispatch) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting) + len(d.running)
}

// Backlog is what can be taken at once.
type Backlog struct {
	Jobs   int
	Bytes  int // of their payloads
	Lowest int // priority among them
}

// Ready returns the jobs that can be taken at once.
func (d *Dispatch) Ready() Backlog {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := Backlog{Jobs: len(d.ready), Bytes: d.bytes}
	if len(d.levels) > 0 {
		b.Lowest = slices.Min(slices.Collect(maps.Keys(d.levels)))
	}
	return b
}

// Holds reports whether the job is ready, delayed or being run.
func (d *Dispatch) Holds(id ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, waits := d.waiting[id]
	_, runs := d.running[id]
	return waits || runs
}

// Running returns the present attempt of a job and whether it is being run. An engine asks
// before it reads the job's row and lays the answer over the row by Over: asked later, a job that
// ends in between would seem to go from processing back to pending.
func (d *Dispatch) Running(id ID) (Attempt, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.running[id]
	return r.Attempt, ok
}

// AllRunning returns the jobs of a tenant that are being run.
func (d *Dispatch) AllRunning(tenant string) map[ID]Attempt {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[ID]Attempt)
	for id, r := range d.running {
		if r.tenant == tenant {
			all[id] = r.Attempt
		}
	}
	return all
}

// Over returns a job whose row is pending as the one being run; any other it returns as it is.
func (a Attempt) Over(j *Job) *Job {
	if j.State != Pending {
		return j
	}
	over := *j
	over.State, over.Attempt, over.Started = Processing, a.Number, a.Started
	return &over
}

// Watch returns a channel that is closed when the job ends. A job that has ended by now closes
// none, so the caller looks at it after Watch; stop releases what Watch took.
func (d *Dispatch) Watch(id ID) (ended <-chan struct{}, stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.watchers[id]
	if w == nil {
		w = &watcher{ended: make(chan struct{})}
		d.watchers[id] = w
	}
	w.users++
	return w.ended, sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if w.users--; w.users == 0 && d.watchers[id] == w {
			delete(d.watchers, id)
		}
	})
}

// Close ends every Take by ErrClosed. Done still wakes watchers.
func (d *Dispatch) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.closed = true
		close(d.done)
	}
}

// readyHeap has the most urgent job first.
type readyHeap []*Job

func (h readyHeap) Len() int      { return len(h) }
func (h readyHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *readyHeap) Push(x any)   { *h = append(*h, x.(*Job)) }
func (h *readyHeap) Pop() any     { return pop((*[]*Job)(h)) }
func (h readyHeap) Less(i, j int) bool {
	if h[i].Priority != h[j].Priority {
		return h[i].Priority > h[j].Priority
	}
	return bytes.Compare(h[i].ID[:], h[j].ID[:]) < 0
}

// delayedHeap has the job that is due first at its head.
type delayedHeap []*Job

func (h delayedHeap) Len() int           { return len(h) }
func (h delayedHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *delayedHeap) Push(x any)        { *h = append(*h, x.(*Job)) }
func (h *delayedHeap) Pop() any          { return pop((*[]*Job)(h)) }
func (h delayedHeap) Less(i, j int) bool { return h[i].RunAt.Before(h[j].RunAt) }

// pop takes the last job off a heap and lets go of it.
func pop(h *[]*Job) *Job {
	last := len(*h) - 1
	j := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return j
}
