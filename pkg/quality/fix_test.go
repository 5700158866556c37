package quality_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

func TestWriteChanges(t *testing.T) {
	t.Parallel()
	cfg := lenient()
	cfg.Gaps, cfg.Duplicates, cfg.Negative = panel.GapsInterpolate, panel.DuplicatesMean, panel.NegativeZero
	p := read(t, header+
		"2024-01-01,\"a,b\",1,4\n2024-01-01,\"a,b\",1,8\n2024-01-02,\"a,b\",1,-1\n2024-01-04,\"a,b\",1,6\n2024-01-05,,1,x\n2024-01-06,,1,6\n", cfg)
	var got strings.Builder
	if err := quality.WriteChanges(&got, p); err != nil {
		t.Fatal(err)
	}
	const want = `code,file,place,store,item,date,before,after,reason
bad_number; empty_id,test.csv,line 6,,,,"2024-01-05,,1,x",,"sales ""x"": not a number; store is empty"
empty_id,test.csv,line 7,,,,"2024-01-06,,1,6",,store is empty
duplicates,test.csv,line 2,"a,b",1,2024-01-01,4,6,
duplicates,test.csv,line 3,"a,b",1,2024-01-01,8,,
negative_target,test.csv,line 4,"a,b",1,2024-01-02,-1,0,
gaps,,,"a,b",1,2024-01-03,,3,
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	full := errors.New("no room")
	if err := quality.WriteChanges(failingWriter{full}, p); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
