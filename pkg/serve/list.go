package serve

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// The jobs of a page.
const (
	defaultPage = 100
	maxPage     = 1000
)

// list answers GET /jobs: a page of jobs, newest first, and where the next one begins.
func (s *Server) list(a *answer, r *http.Request) error {
	q, err := listQuery(r)
	if err != nil {
		return err
	}
	stats, err := s.store.Stats(r.Context(), "")
	if err != nil {
		return err
	}
	limit := q.Limit
	q.Limit++ // one more tells whether there is a next page
	page, err := s.store.List(r.Context(), q)
	if err != nil {
		return err
	}
	next := "null"
	if len(page) > limit {
		page = page[:limit]
		next = `"` + cursor{last: page[limit-1].ID, state: q.State}.String() + `"`
	}
	filtered := stats.Total()
	if q.State != 0 {
		filtered = stats[q.State]
	}
	body := fmt.Appendf(nil, `{"total_jobs":%d,"filtered_jobs":%d,"jobs":[`, stats.Total(), filtered)
	for i, job := range page {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendJob(body, job)
	}
	body = append(body, `],"next_cursor":`...)
	body = append(body, next...)
	a.json(http.StatusOK, append(body, '}'))
	return nil
}

// listQuery reads the parameters of GET /jobs.
func listQuery(r *http.Request) (jobs.Query, error) {
	q := jobs.Query{Limit: defaultPage}
	given, err := parameters(r, "status", "limit", "cursor")
	if err != nil {
		return q, err
	}
	if word, ok := given["status"]; ok {
		if q.State, ok = jobs.ParseState(word); !ok {
			return q, badField("status", codeBadParameter, "Status must be one of "+stateWords())
		}
	}
	if text, ok := given["limit"]; ok {
		if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 || q.Limit > maxPage {
			return q, badField("limit", codeBadParameter, fmt.Sprintf("Limit must be a whole number from 1 to %d", maxPage))
		}
	}
	if text, ok := given["cursor"]; ok {
		c, err := parseCursor(text)
		if err != nil || c.state != q.State {
			return q, badField("cursor", codeBadParameter, "Cursor must be the next_cursor of an answer for the same status")
		}
		q.Before = c.last
	}
	return q, nil
}

func stateWords() string {
	var words []string
	for _, s := range jobs.States() {
		words = append(words, s.String())
	}
	return strings.Join(words, ", ")
}

// parameters returns the query's parameters, each of which must be allowed and stand once.
func parameters(r *http.Request, allowed ...string) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &apiError{code: codeBadParameter, message: "The query string is malformed", err: err}
	}
	given := make(map[string]string, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := values[name]
		switch {
		case !slices.Contains(allowed, name):
			return nil, badField(name, codeBadParameter, fmt.Sprintf("Unknown parameter %.80q; allowed: %s", name, strings.Join(allowed, ", ")))
		case len(all) > 1:
			return nil, badField(name, codeBadParameter, capital(name)+" must stand once")
		}
		given[name] = all[0]
	}
	return given, nil
}
