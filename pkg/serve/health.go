package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// checkTimeout is how long all checks of a /readyz together may take.
const checkTimeout = 2 * time.Second

var errDraining = errors.New("shutting down")

// livez answers GET /livez: the process serves, whatever else is wrong.
func livez(a *answer, _ *http.Request) error {
	a.text(http.StatusOK, "ok")
	return nil
}

// readyz answers GET /readyz in the form of a Kubernetes API server: "ok", or every check with
// what is wrong. With verbose it lists the checks that went well, too.
func (s *Server) readyz(a *answer, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	status, list := http.StatusOK, []byte(nil)
	for _, c := range s.checks() {
		if err := c.Func(ctx); err != nil {
			status = http.StatusServiceUnavailable
			list = fmt.Appendf(list, "[-]%s failed: %v\n", c.Name, err)
			continue
		}
		list = fmt.Appendf(list, "[+]%s ok\n", c.Name)
	}
	switch {
	case status != http.StatusOK:
		a.text(status, string(list)+"readyz check failed")
	case r.URL.Query().Has("verbose"):
		a.text(status, string(list)+s.refusal()+"readyz check passed")
	default:
		a.text(status, "ok")
	}
	return nil
}

// checks returns what must hold, from the nearest to the farthest.
func (s *Server) checks() []Check {
	return append([]Check{
		{"shutdown", func(context.Context) error {
			if s.draining.Err() != nil {
				return errDraining
			}
			return nil
		}},
		{"model", func(context.Context) error {
			if _, ok := s.models.Default(); ok {
				return nil
			}
			if _, err := s.models.Refused(); err != nil {
				return errors.New(refusedReason(err))
			}
			return ErrNoModel
		}},
	}, s.cfg.Checks...)
}

// refusal is the line about a version that was refused while an older one answers.
func (s *Server) refusal() string {
	if _, err := s.models.Refused(); err != nil {
		return "[!]champion refused: " + refusedReason(err) + "\n"
	}
	return ""
}

// text sends a line or more for people.
func (a *answer) text(status int, text string) {
	a.Header().Set(headerContentType, "text/plain; charset=utf-8")
	a.Header().Set("X-Content-Type-Options", "nosniff")
	a.Header().Set("Cache-Control", "no-store")
	a.WriteHeader(status)
	_, _ = a.Write([]byte(text + "\n"))
}
