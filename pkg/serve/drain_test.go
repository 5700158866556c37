package serve_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/serve"
)

// pipes is a listener on connections in memory, which a fake clock can follow.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// client returns a client of the listener whose connections end with the test.
func (p *pipes) client(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{DialContext: p.dial}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// slowStore takes 5 seconds to accept a job.
type slowStore struct{ *jobs.Memory }

func (s slowStore) Submit(ctx context.Context, batch []*jobs.Job) error {
	time.Sleep(5 * time.Second) // of the bubble's clock
	return s.Memory.Submit(ctx, batch)
}

type reply struct {
	status int
	closed bool // the server asked to close the connection
	body   string
	after  time.Duration // since the test began
	err    error
}

// TestDrain follows a server from the end of its context to the end of Serve: what was in flight
// is answered, long polls at once; for the grace it serves on but is not ready; then nothing is
// accepted.
func TestDrain(t *testing.T) {
	t.Parallel()
	load(t)
	synctest.Test(t, func(t *testing.T) {
		whole := newService(t)
		job := whole.submit(t)
		s := whole.with(slowStore{whole.store}, func(cfg *serve.Config) { cfg.Grace = 2 * time.Second })
		listener, begun := newPipes(), time.Now()
		client := listener.client(t)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, listener) }()
		send := func(method, target, body string) <-chan reply {
			out := make(chan reply, 1)
			go func() { out <- exchange(client, begun, method, target, body) }()
			return out
		}
		poll := send(http.MethodGet, job+"?wait=30", "")
		inFlight := send(http.MethodPost, "/predict", goodBody)
		time.Sleep(time.Second) // of the bubble's clock: the poll and the job are under way
		if got := <-send(http.MethodGet, "/readyz", ""); got.status != http.StatusOK || got.closed {
			t.Errorf("before: %+v, want 200 and the connection kept", got)
		}
		stop()
		if got := <-poll; got.status != http.StatusOK || got.after != time.Second || !strings.Contains(got.body, "pending") {
			t.Errorf("long poll: %+v, want the pending job at 1 s", got)
		}
		want := "[-]shutdown failed: shutting down\n[+]model ok\nreadyz check failed\n"
		if got := <-send(http.MethodGet, "/readyz", ""); got.status != http.StatusServiceUnavailable || got.body != want || !got.closed {
			t.Errorf("readyz in the grace: %+v, want %q", got, want)
		}
		if got := <-send(http.MethodGet, job, ""); got.status != http.StatusOK || !got.closed {
			t.Errorf("a request in the grace: %+v, want 200 and a closed connection", got)
		}
		if got := <-inFlight; got.status != http.StatusAccepted || got.after != 5*time.Second {
			t.Errorf("the request in flight: %+v, want 202 at 5 s", got)
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if got := <-send(http.MethodGet, "/livez", ""); got.err == nil {
			t.Errorf("after the drain: %+v, want no connection", got)
		}
	})
}

func exchange(client *http.Client, begun time.Time, method, target, body string) reply {
	r, err := http.NewRequest(method, "http://pipes"+target, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	answer, err := client.Do(r)
	if err != nil {
		return reply{err: err}
	}
	data, err := io.ReadAll(answer.Body)
	err = errors.Join(err, answer.Body.Close())
	return reply{answer.StatusCode, answer.Close, string(data), time.Since(begun), err}
}

// TestDrainIsBounded has a client that never ends its request.
func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	load(t)
	synctest.Test(t, func(t *testing.T) {
		s, listener := newService(t), newPipes()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, listener) }()
		conn, err := listener.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := conn.Write([]byte("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n{")); err != nil {
			t.Fatal(err)
		}
		stop()
		begun := time.Now()
		if err := <-ended; err != nil || time.Since(begun) > 12*time.Second {
			t.Errorf("Serve ended after %s with %v, want nil after 12 s at most", time.Since(begun), err)
		}
	})
}

// TestServerLimits shows that a client which sends slowly is not waited for.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sent, want string
		after            time.Duration
	}{
		{"half a header", "GET /livez HTTP/1.1\r\nHost", "HTTP/1.1 400 ", 5 * time.Second},
		{"half a body", "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n{", "HTTP/1.1 408 ", 40 * time.Second},
		{"a header of 64 KiB", "GET /livez HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "HTTP/1.1 431 ", 0},
		{"no second request", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 ", 2 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			load(t)
			synctest.Test(t, func(t *testing.T) {
				s, listener := newService(t), newPipes()
				background(t, func(ctx context.Context) error { return s.Serve(ctx, listener) })
				conn, err := listener.dial(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				begun := time.Now()
				go func() { _, _ = conn.Write([]byte(tt.sent)) }() // the server may not read all
				answer, _ := io.ReadAll(conn)
				if took := time.Since(begun); took < tt.after || took > tt.after+time.Second {
					t.Errorf("the connection ended after %s, want %s", took, tt.after)
				}
				if !strings.HasPrefix(string(answer), tt.want) {
					t.Errorf("answer %q, want %q", answer, tt.want)
				}
			})
		})
	}
}

func TestServeRefusesItsConfig(t *testing.T) {
	t.Parallel()
	s := newService(t, func(cfg *serve.Config) { cfg.MaxAttempts, cfg.Grace = 0, -time.Second })
	err := s.Serve(t.Context(), newPipes())
	if want := "max_attempts: 0 runs, want at least 1\ngrace: -1s is negative"; err == nil || err.Error() != want {
		t.Errorf("Serve = %v, want %q", err, want)
	}
}

// TestServeEndsWithItsListener has the listener break under the server.
func TestServeEndsWithItsListener(t *testing.T) {
	t.Parallel()
	s, listener := newService(t), newPipes()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), listener); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve = %v, want that the listener is closed", err)
	}
}
