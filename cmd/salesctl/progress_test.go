package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgressElsewhere does steps of 4 s: a line is due at the first step after each 10 s.
func TestProgressElsewhere(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	p.env.Now = func() time.Time { return now }
	p.env.logTo = &redirect{w: p.env.Stderr}
	p.env.Log = newLogger(p.env, logConfig{"info", logConsole})
	bar := newProgress(p.env)
	bar.Set(1) // before Start: nothing to show
	bar.Start(10, "training")
	for i := range 7 {
		bar.Set(int64(i))
		now = now.Add(4 * time.Second)
	}
	bar.Done()
	bar.Done()
	bar.Set(10)
	want := "03:04:12 INF training done=3 elapsed=12000 total=10\n03:04:24 INF training done=6 elapsed=24000 total=10\n"
	if diff := cmp.Diff(want, p.Stderr.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.env.StderrIsTerminal = true
	p.env.Environ = []string{"NO_COLOR=1"}
	p.env.logTo = &redirect{w: p.env.Stderr}
	p.env.Log = newLogger(p.env, logConfig{"info", logAuto})
	bar := newProgress(p.env)
	bar.Start(10, "fit\x1b[2J")
	bar.Set(5)
	p.env.Log.Info().Msg("meanwhile")
	bar.Start(20, "check")
	bar.Done()
	bar.Done()
	p.env.Log.Info().Msg("afterwards")
	got := p.Stderr.String() // all goroutines of the bars have ended
	for _, want := range []string{"INF meanwhile\n", "INF afterwards\n"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("stderr has not one %q:\n%q", want, got)
		}
	}
	if strings.Contains(got, "fit\x1b[2J") {
		t.Errorf("a label moves the cursor: %q", got)
	}
}

func TestProgressQuiet(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		p := newProcess(t)
		p.env.StderrIsTerminal = terminal
		p.env.global.Quiet = true
		p.env.logTo = &redirect{w: p.env.Stderr}
		p.env.Log = newLogger(p.env, logConfig{"info", logAuto})
		bar := newProgress(p.env)
		bar.Start(10, "fit")
		bar.Set(5)
		bar.Done()
		if p.Stderr.Len() > 0 {
			t.Errorf("terminal %t: -q shows %q", terminal, &p.Stderr)
		}
	}
}
