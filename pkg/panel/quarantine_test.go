package panel_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

func nan() float64 { return math.NaN() }

func quarantine(change func(*panel.Config)) panel.Config {
	cfg := with(change)
	cfg.OnError = "quarantine bad.csv"
	return cfg
}

func TestQuarantineLeavesNoTrace(t *testing.T) {
	t.Parallel()
	// With its bad rows go the only text among the ids of stores, a series, a level, and all odd
	// things that the rows had.
	const text = "date,store,item,sales,promo,size\n" +
		"2024-01-02,10,1,5,b,L\n" +
		"2024-01-01,9,1,1,c,S\n" +
		"2024-01-03,x9,1,-1,a,L\n" + // line 4
		"2024-01-03,9,1,2,c,L\n" + // line 5: another size
		"2024-01-02,9,1,3,b,\n" +
		"2024-01-01,9,1,,c,S\n" + // line 7: again
		"2023-02-29,9,,12x,c,S\n" + // line 8: three problems
		"2024-01-04,9,1,-4,d,S\n" // line 9
	cfg := quarantine(func(c *panel.Config) {
		c.Negative, c.KnownFuture, c.Static = panel.NegativeError, []string{"promo"}, []string{"size"}
	})
	p := mustRead(t, text, cfg)
	want := []string{
		"9/1 2024-01-01 1 #1 size=S promo=c", "9/1 2024-01-02 3 #2 size=S promo=b", "10/1 2024-01-02 5 #0 size=L promo=b",
	}
	if diff := cmp.Diff(want, full(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if p.IDs[0].Rule != panel.PositiveInteger || len(p.Warnings) > 0 || !slices.Equal(p.Covariates[1].Levels, []string{"b", "c"}) {
		t.Errorf("rule %s, warnings %v, levels %q", p.IDs[0].Rule, p.Warnings, p.Covariates[1].Levels)
	}
	if p.Rejected.Rows != 5 || len(p.Rejected.Problems) != 7 {
		t.Errorf("%d rows with %d problems, want 5 with 7", p.Rejected.Rows, len(p.Rejected.Problems))
	}
	var b strings.Builder
	if err := p.Rejected.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	wantCSV := `file,line,code,column,reason,record
f.csv,4,negative_target,sales,"sales -1: below zero, which --negative error does not allow","2024-01-03,x9,1,-1,a,L"
f.csv,5,static_changes,size,"size L: store 9, item 1 has S on line 3; a static column holds one value a series","2024-01-03,9,1,2,c,L"
f.csv,7,duplicate_key,,"store 9, item 1, 2024-01-01: already on line 3","2024-01-01,9,1,,c,S"
f.csv,8,bad_date; bad_number; empty_id,date; sales; item,"date ""2023-02-29"": not a day of the calendar; sales ""12x"": not a number; item is empty","2023-02-29,9,,12x,c,S"
f.csv,9,negative_target,sales,"sales -4: below zero, which --negative error does not allow","2024-01-04,9,1,-4,d,S"
`
	if diff := cmp.Diff(wantCSV, b.String()); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
	cfg.OnError = panel.OnErrorFail
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(text), "f.csv", cfg)
	if diff := cmp.Diff(messages(dataError(t, err).First), messages(p.Rejected.Problems)); diff != "" {
		t.Errorf("problems (-fail +quarantine):\n%s", diff)
	}
}

func TestQuarantineOfAllRows(t *testing.T) {
	t.Parallel()
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(header+"2024-01-01,1,,5\n2024-01-02,1,1,-5\n"), "f.csv",
		quarantine(func(c *panel.Config) { c.Negative = panel.NegativeError }))
	if bad := dataError(t, err); bad.Rows != 2 || len(bad.First) != 2 {
		t.Errorf("error = %v, want both rows", err)
	}
}

// damage makes a good line a bad one.
func damage(t *rapid.T, line string) string {
	switch rapid.IntRange(0, 6).Draw(t, "damage") {
	case 0:
		return strings.Replace(line, "2024-", "2024/", 1)
	case 1:
		return line + ",more"
	case 2:
		return strings.Replace(line, ",s", ",", 1) // see the ids below
	case 3:
		return line[:strings.LastIndexByte(line, ',')+1] + "12x"
	case 4:
		return line + `"`
	case 5:
		return line[:strings.LastIndexByte(line, ',')+1] + "-1"
	default:
		return line + "\x00"
	}
}

// TestQuarantineEqualsAFileWithoutTheLines damages lines of a good file at random: what is left is
// what the file without them gives.
func TestQuarantineEqualsAFileWithoutTheLines(t *testing.T) {
	t.Parallel()
	cfg := quarantine(func(c *panel.Config) {
		c.Negative, c.Freq, c.KnownFuture = panel.NegativeError, "D", []string{"promo"}
	})
	rapid.Check(t, func(rt *rapid.T) {
		damaged, cleaned := []string{"date,store,item,promo,sales"}, []string{"date,store,item,promo,sales"}
		var bad []int
		for day := range rapid.IntRange(1, 8).Draw(rt, "days") {
			for item := range rapid.IntRange(1, 4).Draw(rt, "items") {
				line := fmt.Sprintf("%s,s,%d,%s,%d", calendar.NewDate(2024, 1, 1)+calendar.Date(day), item,
					rapid.SampledFrom([]string{"", "a", "b", "c", "1", "2"}).Draw(rt, "promo"), rapid.IntRange(0, 9).Draw(rt, "sales"))
				if item == 2 {
					line = strings.Replace(line, ",2,", ",two,", 1)
				}
				if rapid.IntRange(0, 3).Draw(rt, "bad") > 0 {
					damaged, cleaned = append(damaged, line), append(cleaned, line)
					continue
				}
				if again := rapid.Bool().Draw(rt, "again"); again && len(cleaned) > 1 {
					line = cleaned[len(cleaned)-1] // a duplicate
				} else {
					line = damage(rt, line)
				}
				damaged = append(damaged, line)
				bad = append(bad, len(damaged))
			}
		}
		if len(cleaned) == 1 {
			return
		}
		got, err := panel.ReadFrom(t.Context(), strings.NewReader(strings.Join(damaged, "\n")), "f.csv", cfg)
		if err != nil {
			rt.Fatalf("%v\n%q", err, damaged)
		}
		want, err := panel.ReadFrom(t.Context(), strings.NewReader(strings.Join(cleaned, "\n")), "f.csv", cfg)
		if err != nil {
			rt.Fatalf("%v\n%q", err, cleaned)
		}
		opts := cmp.Options{
			cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Rejected"), cmpopts.IgnoreFields(table.Warning{}, "Places"), // lines differ
		}
		if diff := cmp.Diff(want, got, opts); diff != "" {
			rt.Fatalf("panel (-without the lines +quarantine):\n%s\n%q", diff, damaged)
		}
		var lines []int
		if got.Rejected != nil {
			for _, e := range got.Rejected.Problems {
				if len(lines) == 0 || lines[len(lines)-1] != e.Line {
					lines = append(lines, e.Line)
				}
			}
		}
		if diff := cmp.Diff(bad, lines, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("lines left out (-want +got):\n%s\n%q", diff, damaged)
		}
	})
}

// TestReadIsTheSameOnAnyMachine reads a file of many blocks with one and with many parsers.
func TestReadIsTheSameOnAnyMachine(t *testing.T) { //nolint:paralleltest // it sets GOMAXPROCS
	var b strings.Builder
	b.WriteString("date,store,item,sales,promo\n")
	const n = 60_000
	for i := range n {
		fmt.Fprintf(&b, "%s,%d,item %d,%d,level %d\n", calendar.NewDate(2000, 1, 1)+calendar.Date(i%997), i*7%31, i/997%13, i%11-2, i*i%1009)
	}
	if b.Len() < 1<<20 {
		t.Fatalf("the file has %d bytes, too few for several blocks", b.Len())
	}
	cfg := quarantine(func(c *panel.Config) { c.KnownFuture, c.Negative = []string{"promo"}, panel.NegativeError })
	var want []string
	for _, parsers := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(parsers)
		p, err := panel.ReadFrom(t.Context(), strings.NewReader(b.String()), "f.csv", cfg)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		var rejected strings.Builder
		if err := p.Rejected.WriteCSV(&rejected); err != nil {
			t.Fatal(err)
		}
		got := append(full(p), fmt.Sprintf("%v %v %q", p.IDs, p.Warnings, p.Covariates[0].Levels), rejected.String())
		if want == nil {
			want = got
		}
		if !slices.Equal(want, got) {
			t.Errorf("%d parsers give another panel than 1 does: %.1000s", parsers, cmp.Diff(want[:100], got[:100]))
		}
	}
}
