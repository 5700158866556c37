package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

// The codes of faults that the runner itself gives.
const (
	// CodeInternal is of a job whose handler panicked. The log has the cause.
	CodeInternal = "internal"
	// CodeAttemptsExhausted is of a job that was given up because the process ended while it ran,
	// again and again.
	CodeAttemptsExhausted = "attempts_exhausted"
)

// Outcome is what became of one run of a job: a Result, or a Fault. A temporary fault asks for
// another attempt.
type Outcome struct {
	Result []byte
	Fault  *Fault
}

// Handler does the work of a batch of jobs and returns one Outcome for each, in their order. It
// must not change the jobs, and it may see a job again: when it panicked, when its process ended
// before the outcome was durable, after a temporary fault. The context does not end when the
// runner is told to stop.
type Handler func(ctx context.Context, batch []*Job) []Outcome

// RunnerConfig says how a Runner works.
type RunnerConfig struct {
	// Workers is how many batches may run side by side; the default is 2.
	Workers int
	// BatchSize is how many jobs the handler is given at most; the default is 256.
	BatchSize int
	// Chance returns numbers from 0 up to 1, not including 1, that spread retries in time. It is
	// called by several goroutines; the default is math/rand/v2's Float64.
	Chance func() float64
	// Now is the clock. It has no default.
	Now func() time.Time
	// Log takes what became of the jobs.
	Log zerolog.Logger
}

// DefaultRunner returns the default RunnerConfig, which lacks the clock and logs nothing.
func DefaultRunner() RunnerConfig {
	return RunnerConfig{Workers: 2, BatchSize: 256, Chance: rand.Float64, Log: zerolog.Nop()}
}

// MaxWorkers is the most workers that a Runner may have, far more than any machine has cores for.
const MaxWorkers = 4096

// Validate reports every value that Run could not use.
func (c RunnerConfig) Validate() error {
	var errs []error
	if c.Workers < 1 || c.Workers > MaxWorkers {
		errs = append(errs, fmt.Errorf("workers: %d, want 1 to %d", c.Workers, MaxWorkers))
	}
	if c.BatchSize < 1 {
		errs = append(errs, fmt.Errorf("batch_size: %d jobs, want at least 1", c.BatchSize))
	}
	if c.Chance == nil || c.Now == nil {
		errs = append(errs, errors.New("a runner needs chance and a clock"))
	}
	return errors.Join(errs...)
}

// Runner takes jobs from a Queue, has a Handler do their work, and records what became of them.
// All policy is here: which jobs run together, when one is tried again, when it is given up.
type Runner struct {
	queue  Queue
	handle Handler
	cfg    RunnerConfig
	retry  backoff // between the attempts of a job
	outage backoff // while the storage cannot be written

	// alone is held for writing while a suspect runs and for reading while any other batch does,
	// until the outcome is durable. So a process that ends while a suspect runs has ended by it.
	alone sync.RWMutex
}

// NewRunner returns a Runner that has not begun to work.
func NewRunner(q Queue, h Handler, cfg RunnerConfig) *Runner {
	return &Runner{
		queue: q, handle: h, cfg: cfg,
		retry:  backoff{first: time.Second, limit: time.Minute},
		outage: backoff{first: 100 * time.Millisecond, limit: time.Second},
	}
}

// Run works until ctx ends: then it takes nothing more, finishes what it has begun and returns
// nil. An error of the engine ends it, except ErrStorage, which it sits out; jobs whose outcome
// cannot be recorded before ctx ends stay pending in the storage, and the next process runs them
// again.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.cfg.Validate(); err != nil {
		return err
	}
	workers, ctx := errgroup.WithContext(ctx)
	for range r.cfg.Workers {
		workers.Go(func() error { return r.work(ctx) })
	}
	return workers.Wait()
}

func (r *Runner) work(ctx context.Context) error {
	for ctx.Err() == nil {
		batch, err := r.queue.Take(ctx, r.cfg.BatchSize)
		if err == nil {
			err = r.process(ctx, batch)
		}
		if err != nil && (ctx.Err() == nil || !isOver(err)) {
			return err
		}
	}
	return nil
}

// isOver reports whether an error is a way of an engine to say that ctx ended before it could do
// what was asked.
func isOver(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrStorage)
}

// process runs a batch that was taken: as one slice, but for the suspects. A suspect is a job
// that had begun in an earlier process, by a recorded attempt: it may have ended that process, or
// ran beside the one that did, or waited there for a retry. Suspects run one at a time with
// nothing beside them, so that only a job that ends its process uses up its attempts.
func (r *Runner) process(ctx context.Context, batch []*Job) error {
	var slice, suspects []*Job
	for _, j := range batch {
		if j.Recovered && j.Attempt > 1 {
			suspects = append(suspects, j)
		} else {
			slice = append(slice, j)
		}
	}
	r.alone.RLock()
	err := r.run(ctx, slice)
	r.alone.RUnlock()
	for _, j := range suspects {
		if err != nil || ctx.Err() != nil {
			break
		}
		r.alone.Lock()
		err = r.run(ctx, []*Job{j})
		r.alone.Unlock()
	}
	return err
}

// run gives the jobs that may still run to the handler, and records what became of all.
func (r *Runner) run(ctx context.Context, batch []*Job) error {
	var ready, recovered []*Job
	for _, j := range batch {
		if r.giveUp(j) {
			continue
		}
		ready = append(ready, j)
		if j.Recovered {
			recovered = append(recovered, j)
		}
	}
	if err := r.persist(ctx, r.queue.Recover, recovered); err != nil {
		return fmt.Errorf("record attempts: %w", err)
	}
	for i, out := range r.outcomes(context.WithoutCancel(ctx), ready) {
		r.settle(ready[i], out)
	}
	if err := r.persist(ctx, r.queue.Finish, batch); err != nil {
		return fmt.Errorf("record outcomes: %w", err)
	}
	for _, j := range batch {
		r.log(j)
	}
	return nil
}

// giveUp ends a job that must not run any more, whose attempt Take counted all the same.
func (r *Runner) giveUp(j *Job) bool {
	now := r.now()
	switch {
	case !j.Deadline.IsZero() && now.After(j.Deadline):
		j.State = Expired
	case j.Recovered && j.Attempt > j.MaxAttempts:
		j.State = Failed
		j.Fault = &Fault{
			Code:    CodeAttemptsExhausted,
			Message: fmt.Sprintf("the process ended while the job ran; its attempts are used up: %d of %d", j.Attempt-1, j.MaxAttempts),
		}
	default:
		return false
	}
	j.Finished, j.Started = now, time.Time{} // when an earlier attempt began is not known any more
	j.Attempt--
	return true
}

// outcomes returns one outcome per job. After a panic in a slice every job of it runs again by
// itself, within the same attempt, so that only the guilty one fails.
func (r *Runner) outcomes(ctx context.Context, batch []*Job) []Outcome {
	if len(batch) == 0 {
		return nil
	}
	out, err := r.try(ctx, batch)
	if err == nil {
		return out
	}
	if len(batch) == 1 {
		r.cfg.Log.Error().Stringer("job_id", batch[0].ID).Str("kind", batch[0].Kind).Err(err).Msg("a job broke its handler")
		return []Outcome{{Fault: &Fault{Code: CodeInternal, Message: "an internal error ended the job"}}}
	}
	out = make([]Outcome, 0, len(batch))
	for i := range batch {
		out = append(out, r.outcomes(ctx, batch[i:i+1])...)
	}
	return out
}

// try calls the handler. A panic and a wrong number of outcomes are errors.
func (r *Runner) try(ctx context.Context, batch []*Job) (out []Outcome, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	out = r.handle(ctx, batch)
	if len(out) != len(batch) {
		return nil, fmt.Errorf("%d outcomes for %d jobs", len(out), len(batch))
	}
	return out, nil
}

// settle notes the outcome of a run in its job.
func (r *Runner) settle(j *Job, out Outcome) {
	now := r.now()
	j.Result, j.Fault = nil, out.Fault
	switch {
	case out.Fault == nil:
		j.State, j.Finished, j.Result = Completed, now, out.Result
	case out.Fault.Temporary && j.Attempt < j.MaxAttempts:
		pause := spread(r.retry.after(j.Attempt), r.cfg.Chance())
		j.State, j.RunAt = Pending, now.Add(pause).Truncate(time.Microsecond)
	default:
		j.State, j.Finished = Failed, now
	}
}

// persist calls Recover or Finish until the batch is durable. While the storage cannot be written
// it tries again; once ctx has ended the next such error is the last. A call is not cut off by
// ctx, so that a runner that stops still records what it has done.
func (r *Runner) persist(ctx context.Context, write func(context.Context, []*Job) error, batch []*Job) error {
	if len(batch) == 0 {
		return nil
	}
	for failures := 1; ; failures++ {
		err := write(context.WithoutCancel(ctx), batch)
		if !errors.Is(err, ErrStorage) {
			return err
		}
		if failures == 1 {
			r.cfg.Log.Error().Err(err).Int("jobs", len(batch)).Msg("jobs wait for the storage")
		}
		if ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(r.outage.after(failures)):
		case <-ctx.Done():
		}
	}
}

func (r *Runner) log(j *Job) {
	level := zerolog.DebugLevel
	if j.State == Failed {
		level = zerolog.WarnLevel
	}
	ev := r.cfg.Log.WithLevel(level).Stringer("job_id", j.ID).Str("kind", j.Kind).Stringer("state", j.State).
		Int("attempt", j.Attempt)
	if !j.Started.IsZero() {
		ev = ev.Int64("ms", r.now().Sub(j.Started).Milliseconds())
	}
	if j.Fault != nil {
		ev = ev.Str("code", j.Fault.Code).Str("fault", j.Fault.Message)
	}
	ev.Msg("job " + j.State.String())
}

// now is the time as jobs have it.
func (r *Runner) now() time.Time { return r.cfg.Now().UTC().Truncate(time.Microsecond) }
