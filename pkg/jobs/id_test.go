package jobs_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func TestNewIDGrows(t *testing.T) {
	t.Parallel()
	const makers, each = 4, 5000
	all := make([][]jobs.ID, makers)
	var group sync.WaitGroup
	for i := range makers {
		group.Go(func() {
			for range each {
				id, err := jobs.NewID()
				if err != nil {
					t.Error(err)
					return
				}
				all[i] = append(all[i], id)
			}
		})
	}
	group.Wait()
	for _, ids := range all {
		for i := range ids[1:] {
			if ids[i].Compare(ids[i+1]) >= 0 {
				t.Fatalf("id %v was made before %v, want a smaller one", ids[i], ids[i+1])
			}
		}
	}
	ids := slices.Concat(all...)
	slices.SortFunc(ids, jobs.ID.Compare)
	if n := len(slices.Compact(ids)); n != makers*each {
		t.Errorf("%d ids are distinct of %d", n, makers*each)
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	const text = "0190a6e0-5c3a-7d1e-9b2f-00112233aabb"
	tests := []struct {
		name, text string
		wantErr    string // "" when the text is an id
	}{
		{name: "as written", text: text},
		{name: "in capitals", text: strings.ToUpper(text)},
		{name: "of another version", text: "f47ac10b-58cc-4372-a567-0e02b2c3d479"},
		{name: "nothing", text: "", wantErr: `"" is not a job id`},
		{name: "no dashes", text: strings.ReplaceAll(text, "-", ""), wantErr: `"0190a6e05c3a7d1e9b2f00112233aabb" is not a job id`},
		{name: "in braces", text: "{" + text + "}", wantErr: `"{` + text + `}" is not a job id`},
		{name: "a letter that is no digit", text: text[:35] + "g", wantErr: `"` + text[:35] + `g" is not a job id`},
		{name: "a dash that is none", text: text[:8] + "_" + text[9:], wantErr: `"` + text[:8] + "_" + text[9:] + `" is not a job id`},
		{name: "a space", text: " " + text, wantErr: `" ` + text + `" is not a job id`},
		{
			name: "long and hostile", text: "\x1b[2J\n" + strings.Repeat("x", 1<<16),
			wantErr: `"\x1b[2J\n` + strings.Repeat("x", 35) + `" is not a job id`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			id, err := jobs.ParseID(tt.text)
			switch {
			case tt.wantErr == "" && err != nil:
				t.Errorf("ParseID: %v", err)
			case tt.wantErr == "" && id.String() != strings.ToLower(tt.text):
				t.Errorf("String = %q, want %q", id.String(), strings.ToLower(tt.text))
			case tt.wantErr != "" && (err == nil || err.Error() != tt.wantErr || !id.IsZero()):
				t.Errorf("ParseID = %v, %v, want %q", id, err, tt.wantErr)
			}
		})
	}
}

func TestIDCompare(t *testing.T) {
	t.Parallel()
	low, high := jobs.ID{15: 1}, jobs.ID{0: 1}
	if low.Compare(high) != -1 || high.Compare(low) != 1 || low.Compare(low) != 0 {
		t.Error("ids are not in the order of their bytes")
	}
	if !(jobs.ID{}).IsZero() || low.IsZero() {
		t.Error("only the zero id is zero")
	}
}

func FuzzParseID(f *testing.F) {
	for _, text := range []string{"", "0190a6e0-5c3a-7d1e-9b2f-00112233aabb", "{0190a6e0-5c3a-7d1e-9b2f-00112233aabb}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := jobs.ParseID(text)
		if err == nil && id.String() != strings.ToLower(text) {
			t.Errorf("ParseID(%q) = %v", text, id)
		}
	})
}
