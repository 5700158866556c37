package serve

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// watch returns a job when it has ended, or as it is when wait is over, the client has gone or
// the server drains.
func (s *Server) watch(r *http.Request, id jobs.ID, wait time.Duration) (*jobs.Job, error) {
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	defer context.AfterFunc(s.draining, cancel)() //nolint:contextcheck // the server's lifetime beside the request's
	return s.store.Watch(ctx, "", id)
}

// preferredWait returns the seconds of the preference wait (RFC 7240), at most maxWait; 0 if there
// is none, or none that can be read. Of several, the first one counts.
func preferredWait(headers []string) int {
	for _, h := range headers {
		for preference := range elements(h) {
			token, _, _ := strings.Cut(preference, ";") // its parameters follow
			name, value, _ := strings.Cut(token, "=")
			if !strings.EqualFold(strings.TrimSpace(name), "wait") {
				continue
			}
			seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 64)
			if err != nil && !errors.Is(err, strconv.ErrRange) {
				return 0
			}
			return int(min(seconds, uint64(maxWait/time.Second))) // out of range, it is the greatest number
		}
	}
	return 0
}

// elements yields the elements of a header's list. A comma in a quoted string does not part them.
func elements(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c == '"':
				quoted = !quoted
			case c == '\\' && quoted:
				i++
			case c == ',' && !quoted:
				if !yield(text[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(text[start:])
	}
}
