package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// Durability is what a write has survived when it is answered.
type Durability string

const (
	// Full is a write that survives a power cut: it is on the disk before the answer.
	Full Durability = "full"
	// Process is a write that survives the end of the process, by kill -9 too. A power cut may
	// take the last ones back.
	Process Durability = "process"
)

// Config says how a Store works.
type Config struct {
	jobs.Config

	// Durability of every write; default Full.
	Durability Durability
}

// Default returns the default Config, which lacks the clock.
func Default() Config { return Config{Config: jobs.Default(), Durability: Full} }

// Validate reports every value that a Store could not use.
func (c Config) Validate() error {
	errs := []error{c.Config.Validate()}
	if c.Durability != Full && c.Durability != Process {
		errs = append(errs, fmt.Errorf("durability: %q, want %s or %s", c.Durability, Full, Process))
	}
	if c.Now == nil {
		errs = append(errs, errors.New("a job storage needs a clock"))
	}
	return errors.Join(errs...)
}

// Store is the engine that keeps jobs in a SQLite database, which it alone owns. It implements
// jobs.Queue and jobs.Reader; calls that write wait for Run.
type Store struct {
	cfg      Config
	lock     *os.File
	db       *database
	writer   *writer
	reader   *reader
	dispatch *jobs.Dispatch

	calls    chan *call
	idle     sync.Pool // calls that were answered
	draining atomic.Bool
	stopped  chan struct{} // closed when nothing is written any more
	stop     func()        // closes stopped

	unfinished atomic.Int64 // jobs that are not final, and those being submitted
	committed  atomic.Int64 // UnixNano of the last commit; 0 after a failed one
	totals     *totals
}

// call is what a caller asks of the writer.
type call struct {
	do    action
	batch []*jobs.Job
	done  chan error // has room for the one answer
}

type action uint8

const (
	submit action = iota
	finish
	recovered
	probe
)

// Run writes what is asked until ctx ends. Then Submit is refused, what is already queued is
// written and answered, and Run returns nil; from then on every call returns jobs.ErrClosed. A
// disk that takes no more is no end: the callers get jobs.ErrStorage and may try again. After a
// failed fsync, or when the database turns out to be damaged, nobody knows what is on the disk:
// Run returns the error, and the process must end.
func (s *Store) Run(ctx context.Context) error {
	defer s.dispatch.Close()
	defer s.stop()
	uncut := context.WithoutCancel(ctx) // a commit is never cut off
	err := s.serve(ctx, uncut)
	if err == nil {
		s.draining.Store(true)
		err = s.drain(uncut)
	}
	if err := errors.Join(err, s.writer.log.wait()); err != nil {
		return ending(err)
	}
	return nil
}

// serve writes what is asked until ctx ends.
func (s *Store) serve(ctx, uncut context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-s.calls:
			if err := s.write(uncut, c); err != nil {
				return err
			}
		case err := <-s.writer.log.copied:
			if err := s.writer.log.finish(uncut, err); err != nil {
				return err
			}
		}
	}
}

// drain writes what is queued.
func (s *Store) drain(ctx context.Context) error {
	for {
		select {
		case c := <-s.calls:
			if err := s.write(ctx, c); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// Close gives the directory up, so that another process may have it. It must follow Run.
func (s *Store) Close() error {
	s.draining.Store(true)
	s.stop()
	s.dispatch.Close()
	return errors.Join(s.writer.close(), s.db.close(), s.lock.Close())
}

// Submit implements jobs.Queue. It does not wait for room.
func (s *Store) Submit(ctx context.Context, batch []*jobs.Job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case s.draining.Load():
		return jobs.ErrClosed
	case len(batch) == 0:
		return nil
	}
	n := int64(len(batch))
	if sum := s.unfinished.Add(n); sum > int64(s.cfg.MaxPending) {
		s.unfinished.Add(-n)
		return fmt.Errorf("%w: %d of %d", jobs.ErrBacklogFull, sum-n, s.cfg.MaxPending)
	}
	err := s.submit(batch)
	if err != nil {
		s.unfinished.Add(-n)
	}
	return err
}

func (s *Store) submit(batch []*jobs.Job) error {
	c := s.newCall(submit, batch)
	select {
	case s.calls <- c:
		return s.await(c)
	default:
		s.release(c)
		return fmt.Errorf("%w: %d calls wait for the disk", jobs.ErrBacklogFull, cap(s.calls))
	}
}

// Take implements jobs.Queue.
func (s *Store) Take(ctx context.Context, limit int) ([]*jobs.Job, error) {
	return s.dispatch.Take(ctx, limit)
}

// Recover implements jobs.Queue. It waits for room; once the write is queued, ctx does not end it.
func (s *Store) Recover(ctx context.Context, batch []*jobs.Job) error {
	return s.enqueue(ctx, recovered, batch)
}

// Finish implements jobs.Queue. It waits for room; once the write is queued, ctx does not end it.
// A job that is final already, or is not there, stays as it is.
func (s *Store) Finish(ctx context.Context, batch []*jobs.Job) error {
	return s.enqueue(ctx, finish, batch)
}

func (s *Store) enqueue(ctx context.Context, do action, batch []*jobs.Job) error {
	if len(batch) == 0 {
		return ctx.Err()
	}
	c := s.newCall(do, batch)
	select {
	case s.calls <- c:
		return s.await(c)
	case <-s.stopped:
		return jobs.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Probe returns nil when a write is durable now: one was within the last second, or a small one
// is made. Else it returns why not. A disk that has room again is found by the next Probe.
func (s *Store) Probe(ctx context.Context) error {
	last := s.committed.Load()
	if since := s.cfg.Now().Sub(time.Unix(0, last)); last != 0 && since >= 0 && since < time.Second {
		if s.isStopped() {
			return jobs.ErrClosed
		}
		return nil
	}
	c := s.newCall(probe, nil)
	select {
	case s.calls <- c:
	case <-s.stopped:
		return jobs.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-c.done:
		return err
	case <-s.stopped:
		return jobs.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await returns the answer to a call that is queued.
func (s *Store) await(c *call) error {
	select {
	case err := <-c.done:
		s.release(c)
		return err
	case <-s.stopped:
	}
	select {
	case err := <-c.done: // the last thing before the end
		s.release(c)
		return err
	default:
		return jobs.ErrClosed // the writer has not seen the call and never will
	}
}

func (s *Store) isStopped() bool {
	select {
	case <-s.stopped:
		return true
	default:
		return false
	}
}

func (s *Store) newCall(do action, batch []*jobs.Job) *call {
	c, ok := s.idle.Get().(*call)
	if !ok {
		c = &call{done: make(chan error, 1)}
	}
	c.do, c.batch = do, batch
	return c
}

// release lets an answered call be used again.
func (s *Store) release(c *call) {
	c.batch = nil
	s.idle.Put(c)
}
