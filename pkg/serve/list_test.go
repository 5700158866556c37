package serve_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// page is an answer to GET /jobs.
type page struct {
	TotalJobs    int `json:"total_jobs"`
	FilteredJobs int `json:"filtered_jobs"`
	Jobs         []struct {
		JobID  string `json:"job_id"`
		Status string `json:"status"`
	} `json:"jobs"`
	NextCursor *string `json:"next_cursor"`
}

// page gets a page of jobs.
func (s *service) page(tb testing.TB, query url.Values) (page, []string) {
	tb.Helper()
	r := s.call(http.MethodGet, "/jobs?"+query.Encode(), "")
	var p page
	if err := json.Unmarshal(r.Body.Bytes(), &p); err != nil || r.Code != http.StatusOK {
		tb.Fatalf("GET /jobs?%s: %d, %v", query.Encode(), r.Code, err)
	}
	var ids []string
	for _, j := range p.Jobs {
		ids = append(ids, j.JobID)
	}
	return p, ids
}

// TestPages walks through jobs while others come: each of the first ones is seen once.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"", "pending"} {
		for _, size := range []string{"1", "3", "7", "8"} {
			t.Run("status="+status+"&limit="+size, func(t *testing.T) {
				t.Parallel()
				s := newService(t)
				var want []string
				for range 7 {
					want = append(want, s.submit(t)[len("/status/"):])
				}
				slices.Reverse(want)
				query := url.Values{"limit": {size}}
				if status != "" {
					query.Set("status", status)
				}
				var got []string
				for {
					p, ids := s.page(t, query)
					if got = append(got, ids...); p.NextCursor == nil {
						break
					}
					if p.FilteredJobs < 7 || p.TotalJobs < 7 {
						t.Fatalf("%d jobs of %d, want at least 7", p.FilteredJobs, p.TotalJobs)
					}
					query.Set("cursor", *p.NextCursor)
					s.submit(t)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("jobs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestPageIsAHundredJobs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for range 101 {
		s.submit(t)
	}
	p, ids := s.page(t, nil)
	if len(ids) != 100 || p.TotalJobs != 101 || p.NextCursor == nil {
		t.Errorf("%d jobs of %d, cursor %v, want 100 of 101 and a cursor", len(ids), p.TotalJobs, p.NextCursor)
	}
}

// TestAlteredCursor changes every character of a cursor, cuts it, and takes it to another filter.
func TestAlteredCursor(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for range 2 {
		s.submit(t)
	}
	p, _ := s.page(t, url.Values{"limit": {"1"}})
	if p.NextCursor == nil {
		t.Fatal("no cursor")
	}
	good := *p.NextCursor
	bad := []string{"", good[1:], good[:len(good)-1], good + "A", good + "=", good + "\n", good + "&status=pending"}
	for i := range good {
		for _, c := range []byte("Aa0-") {
			if good[i] != c {
				bad = append(bad, good[:i]+string(c)+good[i+1:])
			}
		}
	}
	for _, cursor := range bad {
		query := "cursor=" + url.QueryEscape(cursor)
		if i := len(good); len(cursor) > i && cursor[i] == '&' {
			query = "cursor=" + cursor
		}
		if r := s.call(http.MethodGet, "/jobs?"+query, ""); r.Code != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400", query, r.Code)
		}
	}
	if r := s.call(http.MethodGet, "/jobs?cursor="+good, ""); r.Code != http.StatusOK {
		t.Errorf("the cursor as it was: %d, want 200", r.Code)
	}
}

// TestEveryStateIsAFilter asks for each word of a job's state.
func TestEveryStateIsAFilter(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.submit(t)
	for _, state := range jobs.States() {
		p, ids := s.page(t, url.Values{"status": {state.String()}})
		want := 0
		if state == jobs.Pending {
			want = 1
		}
		if p.FilteredJobs != want || len(ids) != want || p.TotalJobs != 1 {
			t.Errorf("%s: %d listed, %d filtered, %d in all, want %d, %d, 1", state, len(ids), p.FilteredJobs, p.TotalJobs, want, want)
		}
	}
}
