package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is `salesctl serve` as a process of its own.
type server struct {
	*child

	url    string
	exited chan struct{} // closed when the process has ended
}

// newServer returns a server that is not started yet, at a free port.
func newServer(t *testing.T, models, jobs string) *child {
	t.Helper()
	return newChild(t, nil, "serve", "--addr", "127.0.0.1:0", "--models", models, "--jobs", jobs)
}

// startListening starts c and waits until it says where it listens, ready or not. The process does not
// outlive the test.
func startListening(t *testing.T, c *child) *server {
	t.Helper()
	s := &server{child: c, exited: make(chan struct{})}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.exited)
		_ = c.Wait() // ProcessState tells
	}()
	t.Cleanup(s.kill)
	s.await(t, "the line that says where it listens", func() bool {
		s.url = listeningURL(c.stderr.String())
		return s.url != ""
	})
	return s
}

// startServer starts c and waits until it is ready.
func startServer(t *testing.T, c *child) *server {
	t.Helper()
	s := startListening(t, c)
	s.await(t, "/readyz", func() bool { return statusCode(s.url+"/readyz") == http.StatusOK })
	return s
}

// await waits until done reports true. It fails the test when the process ends before.
func (s *server) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-s.exited:
			t.Fatalf("the server ended (%v) before %s; stderr:\n%s", s.ProcessState, what, lastLines(s.stderr.String()))
		case <-s.ctx.Done():
			t.Fatalf("waited in vain for %s; stderr:\n%s", what, lastLines(s.stderr.String()))
		}
	}
}

// kill ends the process without a chance to clean up, as kill -9 does.
func (s *server) kill() {
	_ = s.Process.Kill() // an error says that it has ended
	<-s.exited
}

// stop ends the process as an orchestrator does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	if code := s.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("%v after SIGTERM, want exit code 0; stderr:\n%s", s.ProcessState, lastLines(s.stderr.String()))
	}
}

// listeningURL returns the URL in a server's log, "" when it does not listen yet.
func listeningURL(log string) string {
	for line := range strings.Lines(log) {
		var entry struct {
			Message string `json:"message"`
			URL     string `json:"url"`
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "listening" {
			return entry.URL
		}
	}
	return ""
}

// statusCode returns the code of a GET, 0 when there was no answer.
func statusCode(url string) int {
	answer, err := http.Get(url)
	if err != nil {
		return 0
	}
	defer answer.Body.Close() //nolint:errcheck // it is not read
	return answer.StatusCode
}

// lastLines returns the end of a log.
func lastLines(log string) string { return log[max(0, len(log)-4000):] }

// trainContractModels returns a registry whose champion knows the stores 1-10 and the items 1-50,
// and its files of sales.
func trainContractModels(t *testing.T) (models, sales string) {
	t.Helper()
	dir := t.TempDir()
	models, sales = filepath.Join(dir, "models"), filepath.Join(dir, "sales.csv")
	writeSample(t, sales, 500, 60)
	salesctl(t, "train", sales, "--models", models, "--set", "lightgbm.num_iterations=20")
	return models, sales
}
