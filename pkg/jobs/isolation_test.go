package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// TestRunnerIsolates has handlers that break on one of 5 jobs.
func TestRunnerIsolates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		handle  func(batch []*jobs.Job, out []jobs.Outcome) []jobs.Outcome // called when the guilty job is there
		wantLog string
	}{
		{
			name: "a panic", wantLog: "panic: secret of ",
			handle: func(batch []*jobs.Job, _ []jobs.Outcome) []jobs.Outcome { panic("secret of " + batch[0].ID.String()) },
		},
		{
			name: "too few outcomes", wantLog: "0 outcomes for 1 jobs",
			handle: func(_ []*jobs.Job, out []jobs.Outcome) []jobs.Outcome { return out[1:] },
		},
		{
			name: "too many outcomes", wantLog: "2 outcomes for 1 jobs",
			handle: func(_ []*jobs.Job, out []jobs.Outcome) []jobs.Outcome { return append(out, jobs.Outcome{}) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			batch := newJobs(t, 5)
			guilty := batch[2]
			submit(t, m, batch...)
			var log bytes.Buffer
			cfg := runnerConfig()
			cfg.Workers, cfg.Log = 1, zerolog.New(&log).Level(zerolog.ErrorLevel)
			stop := start(t, m, func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
				out := each(echo)(ctx, batch)
				if slices.ContainsFunc(batch, func(j *jobs.Job) bool { return j.ID == guilty.ID }) {
					return tt.handle(batch, out)
				}
				return out
			}, cfg)
			for _, j := range batch {
				got := watch(t, m, j)
				want := jobs.Completed
				if j == guilty {
					want = jobs.Failed
				}
				if got.State != want || got.Attempt != 1 {
					t.Errorf("job %v is %v at attempt %d, want %v at 1", j.ID, got.State, got.Attempt, want)
				}
			}
			want := &jobs.Fault{Code: jobs.CodeInternal, Message: "an internal error ended the job"}
			if diff := cmp.Diff(want, watch(t, m, guilty).Fault); diff != "" {
				t.Errorf("fault (-want +got):\n%s", diff)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, tt.wantLog) ||
				!strings.Contains(got, `"job_id":"`+guilty.ID.String()) {
				t.Errorf("log = %q, want one line with the job id and %q", got, tt.wantLog)
			}
		})
	}
}

// TestRunnerAnswers mixes jobs of every fate in any batches: each gets its own.
func TestRunnerAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newMemory()
		fates := rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "ok", "ok", "bad", "panic"}), 1, 60).Draw(rt, "fates")
		batch := newJobs(t, len(fates))
		for i, j := range batch {
			j.Payload = fmt.Appendf(nil, "%s %d", fates[i], i)
		}
		cfg := runnerConfig()
		cfg.Workers = rapid.IntRange(1, 3).Draw(rt, "workers")
		cfg.BatchSize = rapid.IntRange(1, 20).Draw(rt, "batch size")
		stop := start(t, m, each(func(j *jobs.Job) jobs.Outcome {
			switch fate, _, _ := strings.Cut(string(j.Payload), " "); fate {
			case "bad":
				return jobs.Outcome{Fault: &jobs.Fault{Code: "bad", Message: string(j.Payload)}}
			case "panic":
				panic(fate)
			}
			return echo(j)
		}), cfg)
		for rest := batch; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "submitted")
			submit(t, m, rest[:n]...)
			rest = rest[n:]
		}
		for i, j := range batch {
			got := watch(t, m, j)
			var want jobs.Outcome
			switch fates[i] {
			case "ok":
				want.Result = j.Payload
			case "bad":
				want.Fault = &jobs.Fault{Code: "bad", Message: string(j.Payload)}
			case "panic":
				want.Fault = &jobs.Fault{Code: jobs.CodeInternal, Message: "an internal error ended the job"}
			}
			if diff := cmp.Diff(want, jobs.Outcome{Result: got.Result, Fault: got.Fault}); diff != "" {
				rt.Errorf("job %d (-want +got):\n%s", i, diff)
			}
		}
		if err := stop(); err != nil {
			rt.Error(err)
		}
	})
}
