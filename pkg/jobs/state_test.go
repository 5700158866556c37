package jobs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func TestStates(t *testing.T) {
	t.Parallel()
	type row struct {
		Number int
		Word   string
		Final  bool
	}
	// Engines keep the numbers on the disk, and the original's clients know the first four words.
	want := []row{
		{1, "pending", false},
		{2, "processing", false},
		{3, "completed", true},
		{4, "failed", true},
		{5, "canceled", true},
		{6, "expired", true},
	}
	var got []row
	for _, s := range jobs.States() {
		got = append(got, row{int(s), s.String(), s.Final()})
		if back, ok := jobs.ParseState(s.String()); back != s || !ok {
			t.Errorf("ParseState(%q) = %v, %t, want %v", s.String(), back, ok, s)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestStateThatIsNone(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "Pending", "pending ", "done", "state 0", "1"} {
		if s, ok := jobs.ParseState(word); ok {
			t.Errorf("ParseState(%q) = %v, want none", word, s)
		}
	}
	if got, want := jobs.State(9).String(), "state 9"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
	if jobs.State(0).Final() {
		t.Error("the zero state is final, want not: it is no state")
	}
}
