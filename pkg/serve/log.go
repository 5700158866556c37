package serve

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
)

// maxPathLogged is how much of a path that no route has stands in the log.
const maxPathLogged = 200

const headerRequestID = "X-Request-Id"

// logged gives each request its id, which the answer carries, asks clients to close their
// connections while the server drains, and writes one line when the answer has been given. A
// handler's panic becomes an internal error.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w, requestID: requestID(r)}
		w.Header().Set(headerRequestID, a.requestID)
		if s.draining.Err() != nil {
			w.Header().Set("Connection", "close")
		}
		begun := s.cfg.Now()
		defer func() {
			if cause := recover(); cause != nil {
				a.recovered(cause)
			}
			s.log(a, r, s.cfg.Now().Sub(begun))
		}()
		next.ServeHTTP(a, r)
	})
}

// recovered answers a request whose handler panicked, unless the answer has begun.
func (a *answer) recovered(cause any) {
	err := &apiError{code: codeInternal, message: "Internal server error", err: fmt.Errorf("panic: %v", cause)}
	a.stack = debug.Stack()
	if a.status == 0 {
		a.fail(err)
		return
	}
	a.fault = err
}

// log writes the line of a request. What a client chose stands in fields only.
func (s *Server) log(a *answer, r *http.Request, took time.Duration) {
	pattern := r.Pattern[strings.IndexByte(r.Pattern, ' ')+1:] // without the method
	s.cfg.Log.WithLevel(a.level(pattern)).
		Str("request_id", a.requestID).
		Str("method", r.Method).
		Str("route", pattern).
		Int("status", a.status).
		Float64("ms", float64(took.Microseconds())/1000).
		EmbedObject(a).
		Int("bytes", a.bytes).
		Str("remote", r.RemoteAddr).
		Msg("request")
}

// MarshalZerologObject adds the fields that not every line has.
func (a *answer) MarshalZerologObject(e *zerolog.Event) {
	if a.path != "" {
		e.Str("path", a.path[:min(len(a.path), maxPathLogged)])
	}
	if a.jobID != "" {
		e.Str("job_id", a.jobID)
	}
	if a.fault != nil {
		e.Str("code", a.fault.code)
		if a.fault.err != nil {
			e.AnErr("error", a.fault.err)
		}
	}
	if a.stack != nil {
		e.Bytes("stack", a.stack)
	}
}

// level is info for requests, debug for probes that went well, error where the cause is ours.
func (a *answer) level(pattern string) zerolog.Level {
	switch {
	case a.fault != nil && a.fault.code == codeInternal:
		return zerolog.ErrorLevel
	case pattern == "/livez", pattern == "/readyz":
		return zerolog.DebugLevel
	}
	return zerolog.InfoLevel
}

// requestID returns the id that the client gave the request, if it is fit for headers and logs,
// else a new one.
func requestID(r *http.Request) string {
	id := r.Header.Get(headerRequestID)
	if len(id) > 0 && len(id) <= 128 && strings.IndexFunc(id, unfit) < 0 {
		return id
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return "none" // the system has no random numbers
	}
	return fresh.String()
}

func unfit(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\'' || c == '\\' }
