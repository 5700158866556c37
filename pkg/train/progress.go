package train

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Evaluation is the score of one iteration by one metric. LightGBM's log has six digits.
type Evaluation struct {
	Iteration int // from 1
	Metric    string
	Train     float64
	Valid     float64 // NaN where there are no valid rows
}

// Outcome is what LightGBM said about a training.
type Outcome struct {
	// Evaluations are in the order of the iterations.
	Evaluations []Evaluation
	// Stopped reports whether early stopping ended the training. Only then the model holds
	// BestIteration iterations and no more.
	Stopped bool
	// BestIteration is the one that early stopping found, from 1; 0 unless Stopped.
	BestIteration int
	// Warnings are LightGBM's, each once.
	Warnings []string
}

// progress reads LightGBM's log:
//
//	[LightGBM] [Info] Iteration:7, training mape : 0.144625
//	[LightGBM] [Info] Iteration:7, valid_1 mape : 0.15003
//	[LightGBM] [Info] 0.002510 seconds elapsed, finished iteration 7
//	[LightGBM] [Info] Early stopping at iteration 57, the best iteration round is 7
//	[LightGBM] [Warning] No further splits with positive gain, best gain: -inf
//	[LightGBM] [Fatal] Cannot open data file train.csv
//	Met Exceptions:
//	Cannot open data file train.csv
//
// Lines without a prefix belong to the message before them.
type progress struct {
	observe func(Evaluation) // may be nil
	outcome Outcome
	pending []Evaluation // the metrics of the current iteration
	fatal   string       // why LightGBM gave up, "" if it did not
	last    string       // line
	strange string       // first line of a known kind but not of the known form
}

func (p *progress) line(s string) {
	if p.last == "Met Exceptions:" && p.fatal == "" {
		p.fatal = s
	}
	p.last = s
	level, text, ok := strings.Cut(strings.TrimPrefix(s, "[LightGBM] ["), "] ")
	if !ok || !strings.HasPrefix(s, "[LightGBM] [") {
		return
	}
	switch level {
	case "Info":
		p.info(text)
	case "Warning":
		p.warning(text)
	case "Fatal":
		p.fatal = text
	}
}

func (p *progress) info(text string) {
	var err error
	switch {
	case strings.HasPrefix(text, "Iteration:"):
		err = p.score(text)
	case strings.Contains(text, "seconds elapsed, finished iteration"):
		p.flush()
	case strings.HasPrefix(text, "Early stopping at"):
		p.flush()
		var at int
		_, err = fmt.Sscanf(text, "Early stopping at iteration %d, the best iteration round is %d", &at, &p.outcome.BestIteration)
		p.outcome.Stopped = true
	}
	if err != nil && p.strange == "" {
		p.strange = text
	}
}

// score reads one score of an iteration. An iteration has a line for each metric and set of rows.
func (p *progress) score(text string) error {
	var iteration int
	var set, metric, number string
	if _, err := fmt.Sscanf(text, "Iteration:%d, %s %s : %s", &iteration, &set, &metric, &number); err != nil {
		return err
	}
	if number == "-nan" { // as C writes some of them
		number = "nan"
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return err
	}
	if len(p.pending) > 0 && p.pending[0].Iteration != iteration {
		p.flush()
	}
	i := slices.IndexFunc(p.pending, func(e Evaluation) bool { return e.Metric == metric })
	if i < 0 {
		i = len(p.pending)
		p.pending = append(p.pending, Evaluation{Iteration: iteration, Metric: metric, Train: math.NaN(), Valid: math.NaN()})
	}
	if set == "training" {
		p.pending[i].Train = value
	} else {
		p.pending[i].Valid = value
	}
	return nil
}

// flush hands over the evaluations of a finished iteration.
func (p *progress) flush() {
	for _, e := range p.pending {
		p.outcome.Evaluations = append(p.outcome.Evaluations, e)
		if p.observe != nil {
			p.observe(e)
		}
	}
	p.pending = p.pending[:0]
}

// warning keeps a warning that was not seen before. The one left out comes once a tree, whenever
// max_depth or the data allow fewer leaves than num_leaves, and asks for nothing.
func (p *progress) warning(text string) {
	if !strings.HasPrefix(text, "No further splits with positive gain") && !slices.Contains(p.outcome.Warnings, text) {
		p.outcome.Warnings = append(p.outcome.Warnings, text)
	}
}

// withoutSource cuts the place in LightGBM's own source code off a failed check:
// "Check failed: (num_leaves) > (1) at DIR/config_auto.cpp, line 352 .".
func withoutSource(text string) string {
	if at := strings.LastIndex(text, " at "); at >= 0 && strings.Contains(text[at:], ".cpp, line ") {
		return text[:at]
	}
	return text
}

// why returns what LightGBM said about its end with err.
func (p *progress) why(err error) error {
	switch {
	case p.fatal != "":
		return fmt.Errorf("%s (%w)", withoutSource(p.fatal), err)
	case p.last != "":
		return fmt.Errorf("%w after the line %q", err, p.last)
	}
	return err
}
