package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/salesctl/salesctl/pkg/train"
)

// curvePeriod is how many iterations lie between two lines of a training curve.
const curvePeriod = 100

// curve shows a training: both scores each 100 iterations, in the words of LightGBM's own
// log_evaluation, and a progress bar on a terminal.
type curve struct {
	env   *env
	bar   progress
	total int64

	stage train.Stage
	last  train.Evaluation
	shown int // the iteration of the last line
}

func newCurve(e *env, cfg train.Config) *curve {
	total, err := strconv.ParseInt(cfg.Params["num_iterations"], 10, 64)
	if err != nil {
		total = curvePeriod // LightGBM's own default
	}
	return &curve{env: e, bar: newProgress(e), total: total}
}

func (c *curve) observe(stage train.Stage, ev train.Evaluation) {
	if stage != c.stage {
		c.done()
		c.stage = stage
		c.bar.Start(c.total, "training")
	}
	c.last = ev
	c.bar.Set(int64(ev.Iteration))
	if ev.Iteration%curvePeriod == 0 {
		c.show(ev)
	}
}

// done ends a stage: its last iteration is shown, unless it has been.
func (c *curve) done() {
	if c.last.Iteration > c.shown {
		c.show(c.last)
	}
	c.bar.Done()
	c.last, c.shown = train.Evaluation{}, 0
}

func (c *curve) show(ev train.Evaluation) {
	c.shown = ev.Iteration
	line := fmt.Sprintf("[%d]\ttraining's %s: %g", ev.Iteration, ev.Metric, ev.Train)
	if !math.IsNaN(ev.Valid) {
		line += fmt.Sprintf("\tvalid_1's %s: %g", ev.Metric, ev.Valid)
	}
	c.env.Log.Info().Str("stage", string(c.stage)).Msg(line)
}
