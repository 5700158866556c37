package serve

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// What the server allows a connection. readTimeout ends with the body of a request. writeTimeout
// begins with its header: it must exceed a slow body and the longest wait together, or the answer
// would be lost.
const (
	maxWait           = 30 * time.Second
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 40 * time.Second
	writeTimeout      = readTimeout + maxWait + 5*time.Second
	idleTimeout       = 2 * time.Minute // shorter ones cut the idle connections of pooling clients
	maxHeaderBytes    = 32 << 10
	maxBodyBytes      = 1 << 20
	settleTime        = 100 * time.Millisecond // from the last connection to its first request
	shutdownTimeout   = 10 * time.Second       // for what is in flight when the grace is over
)

// store is an engine as the server uses it.
type store interface {
	Submit(ctx context.Context, batch []*jobs.Job) error
	jobs.Reader
}

// Config says how a Server answers.
type Config struct {
	// Version, Engine and Durability are shown by GET /status.
	Version, Engine, Durability string
	// MaxAttempts is how often a job may be run; default 5.
	MaxAttempts int
	// Grace is how long Serve goes on answering after its context ended, with /readyz saying no,
	// so that load balancers notice; default 1 second.
	Grace time.Duration
	// Checks are what /readyz looks at beside the model.
	Checks []Check
	// Now is the clock.
	Now func() time.Time
	// Log takes one line per request, and the causes of internal errors.
	Log zerolog.Logger
}

// Check is a condition of being ready. Func returns why it does not hold, or nil; it should
// return when its context ends.
type Check struct {
	Name string
	Func func(ctx context.Context) error
}

// Default returns the default Config, which lacks the clock and logs nothing.
func Default() Config {
	return Config{MaxAttempts: 5, Grace: time.Second, Log: zerolog.Nop()}
}

// Validate reports every value that Serve could not use.
func (c Config) Validate() error {
	var errs []error
	if c.MaxAttempts < 1 {
		errs = append(errs, fmt.Errorf("max_attempts: %d runs, want at least 1", c.MaxAttempts))
	}
	if c.Grace < 0 {
		errs = append(errs, fmt.Errorf("grace: %s is negative", c.Grace))
	}
	return errors.Join(errs...)
}

// Server is the HTTP side of salesctl.
type Server struct {
	store   store
	models  *Models
	cfg     Config
	started time.Time

	draining context.Context // ends when the drain begins
	drain    context.CancelFunc
}

// New returns a Server of jobs in store and forecasts by models.
func New(store store, models *Models, cfg Config) *Server {
	s := &Server{store: store, models: models, cfg: cfg, started: cfg.Now()}
	s.draining, s.drain = context.WithCancel(context.Background())
	return s
}

// Serve answers on ln, which it closes, until ctx ends. Then it drains: /readyz says no, long
// polls answer at once and clients are asked to close their connections; after the grace nobody
// can connect any more, and when every request has been answered Serve returns nil. One that has
// no answer ten seconds later, because it did not come as a whole or the disk stands still, is cut
// off: its job was not acknowledged. A Server serves once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	defer s.drain()
	if err := s.cfg.Validate(); err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          stdlog.New(serverLog{s.cfg.Log}, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.drain()
	grace := time.NewTimer(s.cfg.Grace)
	defer grace.Stop()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-grace.C:
	}
	err := ln.Close()
	if end := <-ended; !errors.Is(end, net.ErrClosed) {
		err = errors.Join(err, end)
	}
	return errors.Join(err, s.shutdown(context.WithoutCancel(ctx), srv))
}

// shutdown ends a server that accepts no more connections.
func (s *Server) shutdown(ctx context.Context, srv *http.Server) error {
	// Shutdown drops a request that it finds unread, so whoever has just connected is read first.
	time.Sleep(settleTime)
	limit, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(limit); err != nil {
		s.cfg.Log.Warn().Err(err).Msg("requests without an answer are cut off")
		return srv.Close()
	}
	return nil
}

// serverLog writes what net/http has to say, which may quote clients, into a field.
type serverLog struct{ log zerolog.Logger }

func (l serverLog) Write(text []byte) (int, error) {
	l.log.Warn().Str("text", strings.TrimSpace(string(text))).Msg("http server")
	return len(text), nil
}
