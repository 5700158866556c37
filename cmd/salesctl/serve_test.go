package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/model"
)

// serving is the arguments of a server at a free port, with its job directory where it is by
// default.
func serving(models string, more ...string) []string {
	return append([]string{"serve", "--addr", "127.0.0.1:0", "--models", models}, more...)
}

// raw is a connection to a server, to be written to in pieces.
type raw struct{ net.Conn }

func dial(t *testing.T, url string) raw {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return raw{conn}
}

func (c raw) send(t *testing.T, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// TestServeDrains sends half a request, then SIGTERM, then the other half: the job is accepted,
// and there when the next server asks for it. Nothing but the jobs and the lock is left.
func TestServeDrains(t *testing.T) {
	t.Parallel()
	models, _ := trainContractModels(t)
	c := newChild(t, nil, serving(models)...)
	s := startServer(t, c)
	const body = `{"date":"2020-03-01","store":3,"item":7}`
	conn := dial(t, s.url)
	conn.send(t, fmt.Sprintf("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:9]))
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.await(t, "/readyz to say no", func() bool { return statusCode(s.url+"/readyz") == http.StatusServiceUnavailable })
	conn.send(t, body[9:])
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Errorf("%s, want 202", answer.Status)
	}
	location := answer.Header.Get("Location")
	<-s.exited
	if code := c.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("exit %d, want 0; stderr:\n%s", code, c.stderr.String())
	}
	c.checkLeft(t, []string{"var/jobs/jobs.db", "var/jobs/jobs.lock"})
	if statusCode(s.url+"/livez") != 0 {
		t.Error("something listens on after the end")
	}

	again := newChild(t, nil, serving(models, "--jobs", filepath.Join(c.dir, "var", "jobs"))...)
	s = startServer(t, again)
	job := newAPI(t, s.url).completed(t, strings.TrimPrefix(location, "/status/"))
	checkResult(t, job, "2020-03-01", 3, 7)
	s.stop(t)
}

// TestServeStartsWithoutAModel trains beside a server that waits for its first model.
func TestServeStartsWithoutAModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	models, sales := filepath.Join(dir, "models"), filepath.Join(dir, "sales.csv")
	writeSample(t, sales, 4, 200)
	s := startListening(t, newChild(t, nil, serving(models)...))
	if log := s.stderr.String(); !strings.Contains(log, `"model_version":""`) {
		t.Errorf("a model before there is one:\n%s", log)
	}
	if code := statusCode(s.url + "/livez"); code != http.StatusOK {
		t.Errorf("/livez: %d", code)
	}
	a := newAPI(t, s.url)
	refused := a.call(t, http.StatusServiceUnavailable, http.MethodPost, "/predict", `{"date":"2020-03-01","store":1,"item":1}`)
	if refused.body["code"] != "no_model" {
		t.Errorf("got %v, want no_model", refused.body)
	}
	salesctl(t, "train", sales, "--models", models, "--set", "lightgbm.num_iterations=1")
	s.await(t, "the model", func() bool { return statusCode(s.url+"/readyz") == http.StatusOK })
	a.completed(t, a.submit(t, `{"date":"2020-03-01","store":1,"item":1}`)["job_id"])
	s.stop(t)
}

// TestServeCutsOff has a client that never ends its request: the drain gives up on it, which is no
// failure of the server.
func TestServeCutsOff(t *testing.T) {
	t.Parallel()
	c := newChild(t, nil, serving("models", "--grace", "0s")...)
	s := startListening(t, c)
	dial(t, s.url).send(t, "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	s.await(t, "the request", func() bool { return statusCode(s.url+"/livez") == http.StatusOK })
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	if code := c.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("exit %d, want %d", code, exitOK)
	}
	if log := c.stderr.String(); !strings.Contains(log, `"message":"requests without an answer are cut off"`) {
		t.Errorf("stderr:\n%s", log)
	}
}

// TestServeOutlivesItsLog closes the pipe that the log goes to: the server answers on, and drains.
func TestServeOutlivesItsLog(t *testing.T) {
	t.Parallel()
	c := newChild(t, nil, serving("models", "--grace", "0s")...)
	log, stderr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = stderr
	if err := errors.Join(c.Start(), stderr.Close()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	url := ""
	for url == "" && lines.Scan() {
		url = listeningURL(lines.Text())
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if code := statusCode(url + "/status"); code != http.StatusOK {
			t.Fatalf("/status of %q: %d", url, code)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := c.wait(t); code != exitOK {
		t.Errorf("exit %d, want %d", code, exitOK)
	}
}

// TestServeEndsAtTheSecondCtrlC ends a server in the middle of a long grace.
func TestServeEndsAtTheSecondCtrlC(t *testing.T) {
	t.Parallel()
	c := newChild(t, nil, serving("models", "--grace", "1h")...)
	s := startListening(t, c)
	interrupt := func() {
		if err := c.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	}
	interrupt()
	s.await(t, "the drain", c.stderr.has(`"message":"draining"`))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ended := false; !ended; {
		interrupt() // the one just after the first may still be taken with it
		select {
		case <-s.exited:
			ended = true
		case <-tick.C:
		}
	}
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("ended by %v, want SIGINT", c.ProcessState)
	}
}

// TestServeBanner runs serve as on a terminal, and then the command that it shows.
func TestServeBanner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	models := filepath.Join(dir, "models")
	sales := filepath.Join(dir, "sales.csv")
	var text strings.Builder
	text.WriteString("day,shop,no,sales,promo,kind\n")
	for day := range 60 {
		fmt.Fprintf(&text, "%02d.%02d.2025,Bob's \"\"10\"\" 店,7,%d,%d,week %d\n", 1+day%28, 1+day/28, 5+day%7, day%2, day/7)
	}
	csv := strings.ReplaceAll(text.String(), `Bob's ""10"" 店`, `"Bob's ""10"" 店"`)
	if err := os.WriteFile(sales, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	salesctl(t, "train", sales, "--models", models, "--time", "day", "--id", "shop,no", "--date-format", "%d.%m.%Y",
		"--known-future", "promo,kind", "--set", "lightgbm.num_iterations=1")
	version, err := model.Open(models).Resolve("sales", "")
	if err != nil {
		t.Fatal(err)
	}

	screen := serveOnTerminal(t, models, filepath.Join(dir, "jobs"))
	banner := screen.String()
	for _, want := range []string{
		"SERVING   http://127.0.0.1:", "\nmodel     sales@" + version + "\n", "\nheld out  MAPE ",
		"\njobs      " + filepath.Join(dir, "jobs") + ", durability full\n", "\nworkers   2\n",
	} {
		if !strings.Contains(banner, want) {
			t.Errorf("no %q in:\n%s", want, banner)
		}
	}
	if strings.Contains(banner, `"message":"listening"`) {
		t.Errorf("a line for programs on a terminal:\n%s", banner)
	}
	args := curlArgs(t, banner)
	want := []string{"-H", "Content-Type: application/json", "-H", "Prefer: wait=10", "-d", `{"date":"05.03.2025","shop":"Bob's \"10\" 店","no":7,"promo":0,"kind":"week 0"}`}
	if diff := cmp.Diff(want, args[:len(args)-1]); diff != "" {
		t.Errorf("curl (-want +got):\n%s", diff)
	}
	url, path, _ := strings.Cut(strings.TrimPrefix(args[len(args)-1], "http://"), "/")
	got := newAPI(t, "http://"+url).call(t, http.StatusOK, http.MethodPost, "/"+path, args[5], "Prefer", "wait=10")
	if got.body["status"] != "completed" {
		t.Errorf("what the banner shows gives %v", got.body)
	}
}

// TestServeBannerWithoutAModel shows the command that makes one.
func TestServeBannerWithoutAModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	models := filepath.Join(dir, "my models")
	banner := serveOnTerminal(t, models, filepath.Join(dir, "jobs")).String()
	for _, want := range []string{"\nmodel    none yet; ", " train FILE --models '" + models + "' --name sales\n"} {
		if !strings.Contains(banner, want) {
			t.Errorf("no %q in:\n%s", want, banner)
		}
	}
}

// TestServeBeyondLoopback warns once.
func TestServeBeyondLoopback(t *testing.T) {
	t.Parallel()
	s := startListening(t, newChild(t, nil, "serve", "--addr", ":0"))
	s.await(t, "the warning", s.stderr.has(`"message":"anyone who reaches this address can submit jobs and read them"`))
	if code := statusCode(s.url + "/livez"); code != http.StatusOK {
		t.Errorf("GET %s/livez: %d", s.url, code)
	}
	s.stop(t)
}

// serveOnTerminal runs serve inside the test as on a terminal until the test ends, and returns
// what is on the screen as soon as its banner is.
func serveOnTerminal(t *testing.T, models, jobs string) *transcript {
	t.Helper()
	screen := new(transcript)
	p := newProcess(t, serving(models, "--jobs", jobs, "--grace", "0s")...)
	p.env.Stderr, p.env.StderrIsTerminal, p.env.Now = screen, true, time.Now
	p.env.Environ = append(p.env.Environ, "NO_COLOR=1", envPrefix+"CONFIG=")
	ctx, interrupt := context.WithTimeout(context.WithoutCancel(t.Context()), childDeadline)
	ended := make(chan int, 1)
	go func() { ended <- p.run(ctx) }()
	t.Cleanup(func() {
		interrupt()
		if code := <-ended; code != exitOK {
			t.Errorf("exit %d, want 0:\n%s", code, screen.String())
		}
		if p.Stdout.Len() > 0 {
			t.Errorf("stdout: %s", &p.Stdout)
		}
	})
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !screen.has("\nTry:\n")() {
		select {
		case <-tick.C:
		case code := <-ended:
			ended <- code
			t.Fatalf("exit %d:\n%s", code, screen.String())
		}
	}
	return screen
}

// curlArgs returns the arguments of the curl command in a banner, as a shell reads it.
func curlArgs(t *testing.T, banner string) []string {
	t.Helper()
	_, rest, _ := strings.Cut(banner, "\n  curl ")
	line, _, ok := strings.Cut(rest, "\n")
	if !ok {
		t.Fatalf("no curl command in:\n%s", banner)
	}
	out, err := exec.Command("sh", "-c", `printf "%s\n" `+line).Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return slices.Collect(strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n"))
}
