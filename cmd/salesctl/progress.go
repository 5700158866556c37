package main

import (
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far long work is. Its methods are called from one goroutine.
type progress interface {
	Start(total int64, label string) // ends what was shown before
	Set(n int64)                     // n of total are done
	Done()                           // the work is over, complete or not; a second call does nothing
}

// newProgress returns a bar on a terminal, a log line per 10 s elsewhere, and nothing with -q.
func newProgress(e *env) progress {
	switch {
	case e.global.Quiet:
		return noProgress{}
	case e.StderrIsTerminal:
		return &barProgress{env: e}
	}
	return &logProgress{env: e}
}

type noProgress struct{}

func (noProgress) Start(int64, string) {}
func (noProgress) Set(int64)           {}
func (noProgress) Done()               {}

// barProgress draws one bar at the bottom of the terminal. While it is there, the log is
// written above it.
type barProgress struct {
	env  *env
	pool *mpb.Progress
	bar  *mpb.Bar
}

func (b *barProgress) Start(total int64, label string) {
	b.Done()
	b.pool = mpb.New(mpb.WithOutput(b.env.Stderr), mpb.WithAutoRefresh(), mpb.WithWidth(40))
	b.bar = b.pool.AddBar(total,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(printable(label), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Elapsed(decor.ET_STYLE_GO, decor.WC{W: 6})),
	)
	b.env.logTo.to(b.pool)
}

func (b *barProgress) Set(n int64) {
	if b.bar != nil {
		b.bar.SetCurrent(n)
	}
}

func (b *barProgress) Done() {
	if b.bar == nil {
		return
	}
	b.env.logTo.to(b.env.Stderr)
	b.bar.Abort(true)
	b.pool.Wait()
	b.bar, b.pool = nil, nil
}

// logInterval is the least time between two lines of a logProgress.
const logInterval = 10 * time.Second

// logProgress logs how far the work is when Set is called and a line is due.
type logProgress struct {
	env   *env
	label string
	total int64
	began time.Time
	last  time.Time
}

func (l *logProgress) Start(total int64, label string) {
	now := l.env.Now()
	*l = logProgress{env: l.env, label: label, total: total, began: now, last: now}
}

func (l *logProgress) Set(n int64) {
	now := l.env.Now()
	if l.label == "" || now.Sub(l.last) < logInterval {
		return
	}
	l.last = now
	l.env.Log.Info().Int64("done", n).Int64("total", l.total).Dur("elapsed", now.Sub(l.began)).Msg(l.label)
}

func (l *logProgress) Done() { l.label = "" }
