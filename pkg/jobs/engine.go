package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNotFound is returned for a job that does not exist, or belongs to another tenant.
	ErrNotFound = errors.New("job not found")
	// ErrBacklogFull is wrapped when too much waits already: nothing was accepted, and a later
	// try may succeed.
	ErrBacklogFull = errors.New("too many jobs are waiting")
	// ErrStorage is wrapped when the disk takes no more, or none at all: nothing was accepted or
	// recorded, and a later try may succeed.
	ErrStorage = errors.New("the job storage cannot be written")
	// ErrClosed is returned by an engine that has stopped.
	ErrClosed = errors.New("the job storage is closed")
)

// Queue is the side of an engine that accepts jobs and gives them out.
type Queue interface {
	// Submit makes every job of the batch durable, or none, and only then returns and lets them
	// be taken. The jobs are pending, with distinct new ids.
	Submit(ctx context.Context, batch []*Job) error
	// Take waits until a job is ready and returns at most limit of them, the most urgent first:
	// by priority, then in the order of their ids. They are processing until Finish. When ctx
	// ends it returns ctx.Err().
	Take(ctx context.Context, limit int) ([]*Job, error)
	// Recover records the attempt that is about to begin, as counted in each job of the batch.
	// It returns when that is durable.
	Recover(ctx context.Context, batch []*Job) error
	// Finish records what became of jobs that were taken: a final state, or pending for another
	// attempt not before RunAt. It returns when that is durable. On ErrStorage the jobs stay
	// processing, and Finish may be called again.
	Finish(ctx context.Context, batch []*Job) error
}

// Reader is the side of an engine that shows jobs. A job that was given to Finish may be read in
// its last state as soon as Finish has returned.
type Reader interface {
	// Get returns a job as it is.
	Get(ctx context.Context, tenant string, id ID) (*Job, error)
	// List returns jobs without their payloads, newest first.
	List(ctx context.Context, q Query) ([]*Job, error)
	// Stats returns how many jobs a tenant has.
	Stats(ctx context.Context, tenant string) (Stats, error)
	// Watch returns a job as soon as it is final, or as it is when ctx ends.
	Watch(ctx context.Context, tenant string, id ID) (*Job, error)
}

// Query says which jobs List returns.
type Query struct {
	Tenant string
	State  State // 0: any
	Before ID    // only jobs with smaller ids; zero: all
	Limit  int   // at least 1
}

// Stats counts jobs by state.
type Stats map[State]int

// Total returns the number of jobs in any state.
func (s Stats) Total() int {
	sum := 0
	for _, n := range s {
		sum += n
	}
	return sum
}

// Unfinished returns the number of jobs that are not final.
func (s Stats) Unfinished() int { return s[Pending] + s[Processing] }

// Config is what engines have in common.
type Config struct {
	// MaxPending is how many jobs may be unfinished before Submit refuses; default 1,000,000.
	MaxPending int
	// WriteQueue is how many calls may wait for the writer before Submit refuses; default 8192.
	WriteQueue int
	// Now is the clock, which decides when a delayed job is ready.
	Now func() time.Time
}

// maxWriteQueue keeps the queue, whose room is made at once, within memory.
const maxWriteQueue = 1 << 20

// Default returns the default Config, which lacks the clock.
func Default() Config { return Config{MaxPending: 1_000_000, WriteQueue: 8192} }

// Validate reports every value that an engine could not use.
func (c Config) Validate() error {
	var errs []error
	if c.MaxPending < 1 {
		errs = append(errs, errors.New("max_pending: at least 1 job"))
	}
	if c.WriteQueue < 1 || c.WriteQueue > maxWriteQueue {
		errs = append(errs, fmt.Errorf("write_queue: %d calls, want 1 to %d", c.WriteQueue, maxWriteQueue))
	}
	return errors.Join(errs...)
}
