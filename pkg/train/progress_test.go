package train

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name, log string
		want      Outcome
	}{
		{"nothing", "", Outcome{}},
		{
			"two sets of rows", `
[LightGBM] [Info] Iteration:1, training mape : 0.494273
[LightGBM] [Info] Iteration:1, valid_1 mape : 0.5
[LightGBM] [Info] 0.000508 seconds elapsed, finished iteration 1
[LightGBM] [Info] Iteration:2, training mape : 9.2e-05
[LightGBM] [Info] Iteration:2, valid_1 mape : 1e+06
[LightGBM] [Info] 0.000508 seconds elapsed, finished iteration 2`,
			Outcome{Evaluations: []Evaluation{{1, "mape", 0.494273, 0.5}, {2, "mape", 9.2e-05, 1e+06}}},
		},
		{
			"two metrics, no valid rows, without the line that ends an iteration", `
[LightGBM] [Info] Iteration:1, training l2 : 4
[LightGBM] [Info] Iteration:1, training ndcg@5 : nan
[LightGBM] [Info] Iteration:2, training l2 : 3
[LightGBM] [Info] Iteration:2, training ndcg@5 : -nan`,
			Outcome{Evaluations: []Evaluation{{1, "l2", 4, nan}, {1, "ndcg@5", nan, nan}, {2, "l2", 3, nan}, {2, "ndcg@5", nan, nan}}},
		},
		{
			"early stopping repeats the scores of the best iteration without a prefix", `
[LightGBM] [Info] Iteration:87, training mape : 0.0552094
[LightGBM] [Info] Iteration:87, valid_1 mape : 0.0552094
[LightGBM] [Info] Early stopping at iteration 87, the best iteration round is 82
[LightGBM] [Info] Output of best iteration round:
Iteration:82, training mape : 0.0545945
Iteration:82, valid_1 mape : 0.0545945

[LightGBM] [Info] 4.330965 seconds elapsed, finished iteration 87
[LightGBM] [Info] Finished training`,
			Outcome{Evaluations: []Evaluation{{87, "mape", 0.0552094, 0.0552094}}, Stopped: true, BestIteration: 82},
		},
		{
			"warnings", `
[LightGBM] [Warning] No further splits with positive gain, best gain: -inf
[LightGBM] [Warning] Accuracy may be bad
[LightGBM] [Warning] No further splits with positive gain, best gain: 0.1
[LightGBM] [Warning] Accuracy may be bad
[LightGBM] [Warning] Met negative value in categorical features, will convert it to NaN`,
			Outcome{Warnings: []string{"Accuracy may be bad", "Met negative value in categorical features, will convert it to NaN"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &progress{}
			for line := range strings.Lines(tt.log) {
				p.line(strings.TrimSuffix(line, "\n"))
			}
			p.flush()
			if diff := cmp.Diff(tt.want, p.outcome, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if p.strange != "" || p.fatal != "" {
				t.Errorf("strange line %q, fatal %q", p.strange, p.fatal)
			}
		})
	}
}

func TestProgressStrangeLines(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"Iteration:x, training mape : 1", "Iteration:1, training mape : one", "Iteration:1, training mape",
		"Early stopping at iteration 5", "Early stopping at iteration 5, the best iteration round is ?",
	} {
		p := &progress{}
		p.line("[LightGBM] [Info] " + line)
		p.line("[LightGBM] [Info] Iteration:y, training mape : 1")
		if p.strange != line {
			t.Errorf("strange = %q, want %q", p.strange, line)
		}
	}
}

func TestProgressWhy(t *testing.T) {
	t.Parallel()
	exit := errors.New("exit status 255")
	tests := []struct {
		name string
		log  []string
		want string
	}{
		{"silent", nil, "exit status 255"},
		{"fatal", []string{"[LightGBM] [Info] x", "[LightGBM] [Fatal] no file", "Met Exceptions:", "no file"}, "no file (exit status 255)"},
		{"fatal with its source", []string{"[LightGBM] [Fatal] Check failed: (n) > (1) at /src/io/config.cpp, line 352 ."}, "Check failed: (n) > (1) (exit status 255)"},
		{"fatal about a place", []string{"[LightGBM] [Fatal] no label at line 3"}, "no label at line 3 (exit status 255)"},
		{"exception", []string{"Met Exceptions:", "std::bad_alloc"}, "std::bad_alloc (exit status 255)"},
		{"neither", []string{"[LightGBM] [Info] x", "Segmentation fault"}, `exit status 255 after the line "Segmentation fault"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &progress{}
			for _, line := range tt.log {
				p.line(line)
			}
			got := p.why(exit)
			if got.Error() != tt.want || !errors.Is(got, exit) {
				t.Errorf("why = %v, want %s", got, tt.want)
			}
		})
	}
}

func TestLineWriter(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine+10)
	tests := []struct {
		name   string
		writes []string
		want   []string
	}{
		{"nothing", nil, nil},
		{"parts of lines", []string{"a", "b\nc", "\n", "d"}, []string{"ab", "c", "d"}},
		{"several lines and CRLF", []string{"a\r\nb\n\nc\n"}, []string{"a", "b", "c"}},
		{"long lines are cut", []string{long, long + "\nb\n"}, []string{long[:maxLine], "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			w := &lineWriter{line: func(s string) { got = append(got, s) }}
			for _, s := range tt.writes {
				if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
					t.Fatalf("Write = %d, %v", n, err)
				}
			}
			w.flush()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}
