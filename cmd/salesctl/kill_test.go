package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// slowCommand is the program that runs as slowMain.
const slowCommand = "salesctl-slow"

// slowBatch is the longest that a batch takes in slowMain.
const slowBatch = 100 * time.Millisecond

// slowMain is main with a model so slow that jobs wait.
func slowMain() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	e := processEnv()
	e.wrapHandler = func(handle jobs.Handler) jobs.Handler {
		return func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
			<-time.After(min(time.Duration(len(batch))*time.Millisecond, slowBatch))
			return handle(ctx, batch)
		}
	}
	os.Exit(run(ctx, e))
}

const (
	killCycles     = 40
	killSubmitters = 16
	killUnfinished = 100 // acknowledged jobs that a cycle must interrupt to count
	killAfter      = slowBatch
	readyLimit     = raceFactor * time.Second
)

// TestKill kills the server under 16 submitters, again and again, over one job directory. Every
// acknowledged job must end, once, with its own answer. It is not parallel to other tests: it
// measures how soon the next server is ready.
func TestKill(t *testing.T) {
	models, _ := trainContractModels(t)
	dir := filepath.Join(t.TempDir(), "jobs")
	l := newLedger(t)
	var counted, least int
	var slowest time.Duration
	for cycle := 0; counted < killCycles; cycle++ {
		if cycle == 2*killCycles {
			t.Fatalf("only %d of %d cycles interrupted %d jobs", counted, cycle, killUnfinished)
		}
		ready, unfinished := l.killCycle(t, models, dir)
		if slowest = max(slowest, ready); ready > readyLimit {
			t.Errorf("cycle %d: ready after %v, want %v at most", cycle, ready, readyLimit)
		}
		if unfinished < killUnfinished {
			continue
		}
		if counted++; counted == 1 || unfinished < least {
			least = unfinished
		}
	}
	l.stop()
	t.Logf("%d kills with at least %d acknowledged jobs unfinished; ready within %v each", counted, least, slowest)

	s := startServer(t, newServer(t, models, dir))
	a := newAPI(t, s.url)
	s.await(t, "the end of all jobs", func() bool { return a.jobs(t, "pending")+a.jobs(t, "processing") == 0 })
	l.checkStatus(t, a)
	l.checkList(t, a)
	s.stop(t)
	l.checkRows(t, dir)
}

// killCycle starts a slow server, lets the submitters at it for a while and kills it, but not before
// a batch has ended: jobs that were at work in every cycle would be given up as the cause of death.
// It returns how soon the server was ready, and how many acknowledged jobs it left unfinished.
func (l *ledger) killCycle(t *testing.T, models, dir string) (ready time.Duration, unfinished int) {
	t.Helper()
	slow, err := exec.LookPath(slowCommand)
	if err != nil {
		t.Fatal(err)
	}
	c := newServer(t, models, dir)
	c.Path, c.Args = slow, slices.Concat([]string{slow}, c.Args[1:], []string{"--workers", "1"})
	began := time.Now()
	s := startServer(t, c)
	ready = time.Since(began)
	a := newAPI(t, s.url)
	accepted, ended := l.len(), a.jobs(t, "completed")
	l.point(s.url)
	<-time.After(killAfter + rand.N(killAfter/2))
	s.await(t, "submits", func() bool { return l.len() >= accepted+killUnfinished })
	s.await(t, "a batch", func() bool { return a.jobs(t, "completed") > ended })
	s.kill()
	return ready, l.unfinished(t, dir)
}
