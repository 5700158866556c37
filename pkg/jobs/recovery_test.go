package jobs_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// recovered is an edit of a job whose earlier processes recorded so many attempts.
func recovered(attempts int) func(*jobs.Job) {
	return func(j *jobs.Job) { j.Recovered, j.Attempt = true, attempts }
}

// steps is a memory engine and a handler that note what is called, in order.
type steps struct {
	*jobs.Memory
	names map[jobs.ID]string

	mu    sync.Mutex
	calls []string
}

func (s *steps) note(call string, batch []*jobs.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := []string{call}
	for _, j := range batch {
		words = append(words, s.names[j.ID])
	}
	s.calls = append(s.calls, strings.Join(words, " "))
}

func (s *steps) Recover(ctx context.Context, batch []*jobs.Job) error {
	s.note("recover", batch)
	return s.Memory.Recover(ctx, batch)
}

func (s *steps) Finish(ctx context.Context, batch []*jobs.Job) error {
	s.note("finish", batch)
	return s.Memory.Finish(ctx, batch)
}

func (s *steps) handle(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
	s.note("run", batch)
	return each(echo)(ctx, batch)
}

func TestRunnerRecovers(t *testing.T) {
	t.Parallel()
	s := &steps{Memory: newMemory(), names: make(map[jobs.ID]string)}
	add := func(name string, edit ...func(*jobs.Job)) *jobs.Job {
		j := newJob(t, edit...)
		s.names[j.ID] = name
		return j
	}
	batch := []*jobs.Job{
		add("fresh"), add("worn", recovered(5)), add("waited", recovered(0)), add("ran", recovered(1)),
		add("fresh2"), add("waited2", recovered(0)), add("last", recovered(4)),
	}
	worn, last := batch[1], batch[6]
	submit(t, s, batch...)
	cfg := runnerConfig()
	cfg.Workers = 1
	stop := start(t, s, s.handle, cfg)
	for _, j := range batch {
		watch(t, s, j)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"recover waited waited2", "run fresh waited fresh2 waited2", "finish fresh waited fresh2 waited2",
		"finish worn",
		"recover ran", "run ran", "finish ran",
		"recover last", "run last", "finish last",
	}
	if diff := cmp.Diff(want, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if got := watch(t, s, last); got.State != jobs.Completed || got.Attempt != 5 {
		t.Errorf("job with one attempt left is %v at %d, want completed at 5", got.State, got.Attempt)
	}
	wantWorn := *worn
	wantWorn.State = jobs.Failed
	wantWorn.Fault = &jobs.Fault{
		Code:    jobs.CodeAttemptsExhausted,
		Message: "the process ended while the job ran; its attempts are used up: 5 of 5",
	}
	if diff := cmp.Diff(&wantWorn, watch(t, s, worn), cmpopts.IgnoreFields(jobs.Job{}, "Started", "Finished")); diff != "" {
		t.Errorf("job without attempts left (-want +got):\n%s", diff)
	}
}

// process runs jobs until all are final or the handler meets poison, which ends it at once: what
// it has not recorded by then is lost, like everything in its memory.
type process struct {
	*jobs.Memory
	mu   sync.Mutex
	disk map[jobs.ID]*jobs.Job
	left int
	stop context.CancelFunc
	dead bool
}

var errDead = errors.New("the process is dead")

func (p *process) write(batch []*jobs.Job, note func(row, j *jobs.Job)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errDead
	}
	for _, j := range batch {
		row := *p.disk[j.ID]
		note(&row, j)
		p.disk[j.ID] = &row
		if row.State.Final() {
			p.left--
		}
	}
	if p.left == 0 {
		p.stop()
	}
	return nil
}

func (p *process) Recover(_ context.Context, batch []*jobs.Job) error {
	return p.write(batch, func(row, j *jobs.Job) { row.Attempt = j.Attempt })
}

func (p *process) Finish(ctx context.Context, batch []*jobs.Job) error {
	if err := p.write(batch, func(row, j *jobs.Job) { *row = *j }); err != nil {
		return err
	}
	return p.Memory.Finish(ctx, batch)
}

func (p *process) handle(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
	return each(func(j *jobs.Job) jobs.Outcome {
		if string(j.Payload) == "poison" {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.dead = true
			p.stop()
		}
		return echo(j)
	})(ctx, batch)
}

// TestRunnerPoison has jobs that end every process that runs them, among many that do not. Two
// attempts are enough for the innocent: one beside the poison and one alone.
func TestRunnerPoison(t *testing.T) {
	t.Parallel()
	disk := make(map[jobs.ID]*jobs.Job)
	for i, j := range newJobs(t, 400) {
		j.MaxAttempts = 2
		if i%80 == 17 {
			j.Payload = []byte("poison")
		}
		disk[j.ID] = j
	}
	cfg := runnerConfig()
	cfg.BatchSize = 50
	processes := 0
	for again := true; again; processes++ {
		if processes == 100 {
			t.Fatal("jobs are left after 100 processes")
		}
		again = runProcess(t, disk, cfg, processes)
	}
	poisoned := 0
	for _, j := range disk {
		want := jobs.Completed
		if string(j.Payload) == "poison" {
			want = jobs.Failed
			poisoned++
		}
		if j.State != want || j.Attempt > 2 {
			t.Errorf("a job with payload %q is %v at attempt %d, want %v", j.Payload, j.State, j.Attempt, want)
		}
		if want == jobs.Failed && (j.Fault == nil || j.Fault.Code != jobs.CodeAttemptsExhausted) {
			t.Errorf("fault = %v, want %s", j.Fault, jobs.CodeAttemptsExhausted)
		}
	}
	if poisoned != 5 {
		t.Errorf("%d jobs were poison, want 5", poisoned)
	}
}

// runProcess runs a process over the disk and reports whether it died.
func runProcess(t *testing.T, disk map[jobs.ID]*jobs.Job, cfg jobs.RunnerConfig, earlier int) (died bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	p := &process{Memory: newMemory(), disk: disk, stop: stop}
	var unfinished []*jobs.Job
	for _, row := range disk {
		if !row.State.Final() {
			j := *row
			j.Recovered = earlier > 0
			unfinished = append(unfinished, &j)
		}
	}
	p.left = len(unfinished)
	submit(t, p, unfinished...)
	if err := jobs.NewRunner(p, p.handle, cfg).Run(ctx); err != nil && !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	return p.dead
}

// TestRunnerSuspectsRunAlone has suspects and fresh jobs for several workers.
func TestRunnerSuspectsRunAlone(t *testing.T) {
	t.Parallel()
	m := newMemory()
	batch := newJobs(t, 200)
	for i, j := range batch {
		if i%3 == 0 {
			recovered(1)(j)
		}
	}
	submit(t, m, batch...)
	cfg := runnerConfig()
	cfg.Workers, cfg.BatchSize = 4, 10
	var (
		mu      sync.Mutex
		running int
		alone   bool
	)
	start(t, m, func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
		suspect := batch[0].Recovered
		mu.Lock()
		if alone || suspect && (running > 0 || len(batch) > 1) {
			t.Errorf("a batch of %d runs beside a suspect", len(batch))
		}
		running++
		alone = suspect
		mu.Unlock()
		for range 100 {
			runtime.Gosched() // others may begin
		}
		out := each(echo)(ctx, batch)
		mu.Lock()
		running--
		alone = false
		mu.Unlock()
		return out
	}, cfg)
	for _, j := range batch {
		if got := watch(t, m, j); got.State != jobs.Completed {
			t.Errorf("job is %v, want completed", got.State)
		}
	}
}

// TestRunnerStopsBetweenSuspects shows that a runner that stops begins no further suspect: it
// would hold up the end of the process, and what has not begun has lost nothing.
func TestRunnerStopsBetweenSuspects(t *testing.T) {
	t.Parallel()
	m := newMemory()
	batch := newJobs(t, 2, recovered(1))
	submit(t, m, batch...)
	ctx, stop := context.WithCancel(t.Context())
	cfg := runnerConfig()
	cfg.Workers = 1
	err := jobs.NewRunner(m, each(func(j *jobs.Job) jobs.Outcome {
		stop()
		return echo(j)
	}), cfg).Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []jobs.State{jobs.Completed, jobs.Processing} {
		if got, err := m.Get(t.Context(), "", batch[i].ID); err != nil || got.State != want {
			t.Errorf("suspect %d is %v, %v, want %v", i, got.State, err, want)
		}
	}
}
