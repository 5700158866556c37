package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// runnerConfig is the default with a clock, and with the shortest pauses.
func runnerConfig() jobs.RunnerConfig {
	cfg := jobs.DefaultRunner()
	cfg.Now = time.Now
	cfg.Chance = func() float64 { return 0 }
	return cfg
}

// start runs a runner until stop is called, which returns what Run returned.
func start(t *testing.T, q jobs.Queue, h jobs.Handler, cfg jobs.RunnerConfig) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- jobs.NewRunner(q, h, cfg).Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return stop
}

// watch returns a job when it is final.
func watch(t *testing.T, r jobs.Reader, j *jobs.Job) *jobs.Job {
	t.Helper()
	final, err := r.Watch(t.Context(), j.Tenant, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	return final
}

// each makes a Handler of a function of one job.
func each(do func(*jobs.Job) jobs.Outcome) jobs.Handler {
	return func(_ context.Context, batch []*jobs.Job) []jobs.Outcome {
		var out []jobs.Outcome
		for _, j := range batch {
			out = append(out, do(j))
		}
		return out
	}
}

// echo completes a job with its payload.
func echo(j *jobs.Job) jobs.Outcome { return jobs.Outcome{Result: j.Payload} }

func TestRunnerBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		batch := newJobs(t, 10)
		submit(t, m, batch...)
		var sizes []int
		cfg := runnerConfig()
		cfg.Workers, cfg.BatchSize = 1, 4
		stop := start(t, m, func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
			sizes = append(sizes, len(batch))
			return each(echo)(ctx, batch)
		}, cfg)
		synctest.Wait()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{4, 4, 2}, sizes); diff != "" {
			t.Errorf("sizes of batches (-want +got):\n%s", diff)
		}
		for _, j := range batch {
			if got := watch(t, m, j); got.State != jobs.Completed || got.Attempt != 1 || !bytes.Equal(got.Result, j.Payload) {
				t.Errorf("job is %v at attempt %d with %q, want completed at 1 with %q", got.State, got.Attempt, got.Result, j.Payload)
			}
		}
	})
}

func TestRunnerWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		submit(t, m, newJobs(t, 5)...)
		cfg := runnerConfig()
		cfg.Workers, cfg.BatchSize = 3, 1
		begun, release := make(chan jobs.ID, 5), make(chan struct{})
		stop := start(t, m, each(func(j *jobs.Job) jobs.Outcome {
			begun <- j.ID
			<-release
			return jobs.Outcome{}
		}), cfg)
		synctest.Wait()
		if len(begun) != 3 {
			t.Errorf("%d batches run side by side, want 3", len(begun))
		}
		close(release)
		synctest.Wait()
		if err := stop(); err != nil || len(begun) != 5 {
			t.Errorf("%d jobs ran, %v, want 5", len(begun), err)
		}
	})
}

func TestRunnerRetries(t *testing.T) {
	t.Parallel()
	seconds := func(s ...float64) []time.Duration {
		var all []time.Duration
		for _, f := range s {
			all = append(all, time.Duration(math.Round(f*1e6))*time.Microsecond)
		}
		return all
	}
	busy := &jobs.Fault{Code: "busy", Message: "come back", Temporary: true}
	tests := []struct {
		name        string
		maxAttempts int
		chance      float64
		outcomes    []jobs.Outcome // the last one repeats
		wantPauses  []time.Duration
		wantState   jobs.State
		wantFault   *jobs.Fault
	}{
		{
			name: "a permanent fault is not tried again", maxAttempts: 5,
			outcomes:  []jobs.Outcome{{Fault: &jobs.Fault{Code: "bad"}}},
			wantState: jobs.Failed, wantFault: &jobs.Fault{Code: "bad"},
		},
		{
			name: "a temporary one is, until it works", maxAttempts: 5,
			outcomes:   []jobs.Outcome{{Fault: busy}, {Fault: busy}, {Result: []byte("ok")}},
			wantPauses: seconds(0.5, 1), wantState: jobs.Completed,
		},
		{
			name: "or until the attempts are used up", maxAttempts: 9,
			outcomes:   []jobs.Outcome{{Fault: busy}},
			wantPauses: seconds(0.5, 1, 2, 4, 8, 16, 30, 30), wantState: jobs.Failed, wantFault: busy,
		},
		{
			name: "chance doubles a pause at most", maxAttempts: 8, chance: 1,
			outcomes:   []jobs.Outcome{{Fault: busy}},
			wantPauses: seconds(1, 2, 4, 8, 16, 32, 60), wantState: jobs.Failed, wantFault: busy,
		},
		{
			name: "a job is due at a whole microsecond", maxAttempts: 5, chance: 1.0 / 3,
			outcomes:   []jobs.Outcome{{Fault: busy}, {}},
			wantPauses: seconds(0.666666), wantState: jobs.Completed,
		},
		{
			name: "a single attempt", maxAttempts: 1,
			outcomes:  []jobs.Outcome{{Fault: busy}},
			wantState: jobs.Failed, wantFault: busy,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				j := newJob(t, func(j *jobs.Job) { j.MaxAttempts = tt.maxAttempts })
				submit(t, m, j)
				cfg := runnerConfig()
				cfg.Chance = func() float64 { return tt.chance }
				var runs []time.Time
				start(t, m, each(func(j *jobs.Job) jobs.Outcome {
					runs = append(runs, time.Now())
					if j.Attempt != len(runs) {
						t.Errorf("attempt %d at run %d", j.Attempt, len(runs))
					}
					return tt.outcomes[min(len(runs), len(tt.outcomes))-1]
				}), cfg)
				got := watch(t, m, j)
				if got.State != tt.wantState || got.Attempt != len(tt.wantPauses)+1 {
					t.Errorf("%v at attempt %d, want %v at %d", got.State, got.Attempt, tt.wantState, len(tt.wantPauses)+1)
				}
				if diff := cmp.Diff(tt.wantFault, got.Fault); diff != "" {
					t.Errorf("fault (-want +got):\n%s", diff)
				}
				var pauses []time.Duration
				for i := range runs[1:] {
					pauses = append(pauses, runs[i+1].Sub(runs[i]))
				}
				if diff := cmp.Diff(tt.wantPauses, pauses); diff != "" {
					t.Errorf("pauses between runs (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRunnerDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		at := time.Now().UTC()
		missed := newJob(t, func(j *jobs.Job) { j.Deadline = at.Add(-time.Microsecond) })
		met := newJob(t, func(j *jobs.Job) { j.Deadline = at })
		submit(t, m, missed, met)
		ran := make(chan jobs.ID, 2)
		start(t, m, each(func(j *jobs.Job) jobs.Outcome {
			ran <- j.ID
			return jobs.Outcome{}
		}), runnerConfig())
		if got := watch(t, m, met); got.State != jobs.Completed {
			t.Errorf("job at its deadline is %v, want completed", got.State)
		}
		got := watch(t, m, missed)
		want := *missed
		want.State, want.Finished = jobs.Expired, at
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("job after its deadline (-want +got):\n%s", diff)
		}
		if id := <-ran; id != met.ID || len(ran) != 0 {
			t.Errorf("the handler saw %v and %d more, want %v only", id, len(ran), met.ID)
		}
	})
}

func TestRunnerDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFlaky()
		batch := newJobs(t, 2)
		submit(t, q, batch...)
		cfg := runnerConfig()
		cfg.Workers, cfg.BatchSize = 1, 1
		stop := start(t, q, func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
			select {
			case <-ctx.Done():
				t.Error("the context of the handler ended with the runner")
			case <-time.After(time.Minute):
			}
			return each(echo)(ctx, batch)
		}, cfg)
		synctest.Wait()
		if err := stop(); err != nil {
			t.Errorf("Run = %v, want nil after a drain", err)
		}
		for i, want := range []jobs.State{jobs.Completed, jobs.Pending} {
			if got, err := q.Get(t.Context(), "", batch[i].ID); err != nil || got.State != want {
				t.Errorf("job %d is %v, %v, want %v", i, got.State, err, want)
			}
		}
	})
}

func TestRunnerLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var log bytes.Buffer
		cfg := runnerConfig()
		cfg.Log, cfg.Workers = zerolog.New(&log), 1
		batch := newJobs(t, 3)
		batch[1].Payload = []byte("bad")
		batch[2].Deadline = time.Now().Add(-time.Second)
		submit(t, m, batch...)
		stop := start(t, m, each(func(j *jobs.Job) jobs.Outcome {
			<-time.After(20 * time.Millisecond)
			if string(j.Payload) == "bad" {
				return jobs.Outcome{Fault: &jobs.Fault{Code: "bad_date", Message: "31\nFebruary"}}
			}
			return jobs.Outcome{}
		}), cfg)
		watch(t, m, batch[2])
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		want := []map[string]any{
			{"level": "debug", "state": "completed", "attempt": 1.0, "ms": 40.0, "message": "job completed"},
			{
				"level": "warn", "state": "failed", "attempt": 1.0, "ms": 40.0, "message": "job failed",
				"code": "bad_date", "fault": "31\nFebruary",
			},
			{"level": "debug", "state": "expired", "attempt": 0.0, "message": "job expired"},
		}
		for i := range want {
			want[i]["job_id"], want[i]["kind"] = batch[i].ID.String(), "test"
		}
		var got []map[string]any
		for line := range strings.Lines(log.String()) {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			got = append(got, fields)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

func TestRunnerConfigValidate(t *testing.T) {
	t.Parallel()
	bad := jobs.RunnerConfig{}
	want := "workers: 0, want 1 to 4096\nbatch_size: 0 jobs, want at least 1\na runner needs chance and a clock"
	if err := bad.Validate(); err == nil || err.Error() != want {
		t.Errorf("Validate = %v, want %q", err, want)
	}
	if err := jobs.NewRunner(newMemory(), each(echo), bad).Run(t.Context()); err == nil {
		t.Error("Run = nil, want the error of Validate")
	}
	if err := runnerConfig().Validate(); err != nil {
		t.Error(err)
	}
}

func TestRunnerEndsWithTheEngine(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is gone")
	tests := []struct {
		name string
		add  func(*flaky)
	}{
		{name: "Take", add: func(q *flaky) { q.take = broken }},
		{name: "Finish", add: func(q *flaky) { q.finish = func() error { return broken } }},
		{name: "Recover", add: func(q *flaky) { q.recover = func() error { return broken } }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := newFlaky()
			tt.add(q)
			submit(t, q, newJob(t, func(j *jobs.Job) { j.Recovered = true }))
			err := jobs.NewRunner(q, each(echo), runnerConfig()).Run(t.Context())
			if !errors.Is(err, broken) {
				t.Errorf("Run = %v, want %v", err, broken)
			}
		})
	}
}
