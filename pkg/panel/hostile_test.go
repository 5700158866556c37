package panel_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// hostileDir holds small files, each with one thing wrong or odd. Its index says what reading each
// must give.
const hostileDir = "testdata/hostile"

// hostileCase is a line of the index, whose head explains the columns.
type hostileCase struct {
	line                                    int
	files                                   []string
	config, outcome, place, message, remedy string
	warnings                                []string
}

func (h hostileCase) name() string {
	return strings.TrimSpace(strings.Join(h.files, "+") + " " + h.config)
}

func (h hostileCase) paths() []string {
	paths := make([]string, len(h.files))
	for i, name := range h.files {
		paths[i] = filepath.Join(hostileDir, name)
	}
	return paths
}

func hostileCases(tb testing.TB) []hostileCase {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(hostileDir, "index.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	const columns = "file\tconfig\toutcome\tplace\tmessage\thint\twarnings"
	var cases []hostileCase
	headed := false
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case !headed:
			if headed = true; line != columns {
				tb.Fatalf("index line %d: the columns are %q, want %q", i+1, line, columns)
			}
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) > 7 {
			tb.Fatalf("index line %d: %d cells, at most 7", i+1, len(cells))
		}
		cells = append(cells, make([]string, 7-len(cells))...)
		h := hostileCase{
			line: i + 1, files: strings.Fields(cells[0]), config: cells[1],
			outcome: cells[2], place: cells[3], message: cells[4], remedy: cells[5],
		}
		if cells[6] != "" {
			h.warnings = strings.Split(cells[6], ",")
		}
		if len(h.warnings) > 0 && h.outcome != "ok" {
			tb.Fatalf("index line %d: warnings of an outcome %q", i+1, h.outcome)
		}
		cases = append(cases, h)
	}
	return cases
}

// settings returns the Config of the case and the files of attributes that it names.
func (h hostileCase) settings(tb testing.TB) (cfg panel.Config, attributes []string) {
	tb.Helper()
	cfg = panel.Default()
	for pair := range strings.FieldsSeq(h.config) {
		key, value, _ := strings.Cut(pair, "=")
		switch key {
		case "time":
			cfg.Time = value
		case "id":
			cfg.IDs = strings.Split(value, ",")
		case "target":
			cfg.Target = value
		case "freq":
			cfg.Freq = value
		case "date_format":
			cfg.DateFormat = value
		case "delimiter":
			cfg.Delimiter = value
		case "gaps":
			cfg.Gaps = value
		case "duplicates":
			cfg.Duplicates = value
		case "negative":
			cfg.Negative = value
		case "known_future":
			cfg.KnownFuture = strings.Split(value, ",")
		case "past_only":
			cfg.PastOnly = strings.Split(value, ",")
		case "static":
			cfg.Static = strings.Split(value, ",")
		case "attributes":
			attributes = append(attributes, value)
			cfg.Attributes = append(cfg.Attributes, filepath.Join(hostileDir, value))
		case "today":
			today, err := calendar.ParseDate(value, calendar.DefaultDateFormat)
			if err != nil {
				tb.Fatalf("index line %d: %v", h.line, err)
			}
			cfg.Today = today
		default:
			tb.Fatalf("index line %d: unknown config key %q", h.line, key)
		}
	}
	return cfg, attributes
}

func TestHostileIndexListsEveryFile(t *testing.T) {
	t.Parallel()
	cases := hostileCases(t)
	if len(cases) < 150 {
		t.Errorf("%d cases, want at least 150", len(cases))
	}
	listed := map[string]bool{"index.tsv": true}
	for _, h := range cases {
		_, attributes := h.settings(t)
		for _, name := range slices.Concat(h.files, attributes) {
			listed[name] = true
		}
	}
	entries, err := os.ReadDir(hostileDir)
	if err != nil {
		t.Fatal(err)
	}
	present := make(map[string]bool)
	for _, entry := range entries {
		present[entry.Name()] = true
		if !listed[entry.Name()] {
			t.Errorf("%s is in no line of the index", entry.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if !present[name] {
			t.Errorf("the index names %s, which is not there", name)
		}
	}
}

func TestReadHostileFiles(t *testing.T) {
	t.Parallel()
	for _, h := range hostileCases(t) {
		t.Run(h.name(), func(t *testing.T) {
			t.Parallel()
			cfg, _ := h.settings(t)
			p, err := panel.Read(t.Context(), h.paths(), cfg)
			if (p == nil) == (err == nil) {
				t.Fatalf("panel %v with error %v: want one of them", p, err)
			}
			if p != nil {
				checkPanel(t, p)
			}
			told := tell(p, err)
			outcome, place := outcomeOf(p, err)
			report := func(what, got, want string) {
				t.Errorf("index.tsv:%d: %s = %s\nwant %s\ngot as a whole: %.2000s\nhint: %s", h.line, what, got, want, told, hint.Of(err))
			}
			if outcome != h.outcome {
				report("outcome", outcome, h.outcome)
				return
			}
			if h.place != place {
				report("place", place, h.place)
			}
			if !strings.Contains(told, h.message) {
				report("message", "as below", "a piece: "+h.message)
			}
			if !strings.Contains(hint.Of(err), h.remedy) {
				report("hint", hint.Of(err), "a piece: "+h.remedy)
			}
			for _, code := range h.warnings {
				if !slices.ContainsFunc(p.Warnings, func(w table.Warning) bool { return w.Code == code }) {
					report("warnings", "as below", "one of code "+code)
				}
			}
		})
	}
}

// What is no regular file, such as standard input, takes other ways: it comes in small pieces, and
// Parquet is held in memory.
func TestReadHostileStreams(t *testing.T) {
	t.Parallel()
	for _, h := range hostileCases(t) {
		t.Run(h.name(), func(t *testing.T) {
			t.Parallel()
			cfg, _ := h.settings(t)
			p, err := panel.Read(t.Context(), h.paths(), cfg)
			want := tell(p, err)
			var inputs []table.Input
			for _, path := range h.paths() {
				inputs = append(inputs, table.Input{Name: path, Open: func() (io.ReadCloser, error) {
					f, err := os.Open(path)
					if err != nil {
						return nil, fmt.Errorf("open: %w", err)
					}
					return stream{iotest.HalfReader(f), f}, nil
				}})
			}
			p, err = panel.ReadInputs(t.Context(), inputs, cfg)
			if diff := gocmp.Diff(want, tell(p, err)); diff != "" {
				t.Errorf("index.tsv:%d: as files (-) and as streams (+):\n%.2000s", h.line, diff)
			}
		})
	}
}

// stream hides that a file is one.
type stream struct {
	io.Reader
	io.Closer
}

// Bad rows that are left out are all of them and no others: what is left and what is rejected are
// the rows of the file.
func TestReadHostileFilesWithoutTheirBadRows(t *testing.T) {
	t.Parallel()
	for _, h := range hostileCases(t) {
		cfg, attributes := h.settings(t)
		if !strings.HasPrefix(h.outcome, "row:") || h.outcome == "row:"+table.CodeGap || len(attributes) > 0 {
			continue // what is wrong is no row of the sales
		}
		t.Run(h.name(), func(t *testing.T) {
			t.Parallel()
			_, err := panel.Read(t.Context(), h.paths(), cfg)
			bad, ok := errors.AsType[*table.DataError](err)
			if !ok {
				t.Fatalf("index.tsv:%d: error = %v, want a *DataError", h.line, err)
			}
			cfg.OnError = panel.OnErrorQuarantine + " bad.csv"
			p, err := panel.Read(t.Context(), h.paths(), cfg)
			if outcome, _ := outcomeOf(p, err); outcome != "ok" && outcome != "freq" && outcome != h.outcome {
				t.Fatalf("index.tsv:%d: outcome = %s, want ok, freq or %s; %v", h.line, outcome, h.outcome, err)
			}
			if p == nil {
				return // no good row, or too few to tell the frequency
			}
			checkPanel(t, p)
			if p.Rejected == nil || p.Rejected.Rows+p.Len() != bad.Rows {
				t.Errorf("index.tsv:%d: %d rows are left and rejected are %+v, want %d together", h.line, p.Len(), p.Rejected, bad.Rows)
			}
			if diff := gocmp.Diff(bad.Counts, p.Rejected.Counts); diff != "" {
				t.Errorf("index.tsv:%d: counts of the problems (-) and of the rejected rows (+):\n%s", h.line, diff)
			}
		})
	}
}

// outcomeOf writes what reading gave in the words of the index.
func outcomeOf(p *panel.Panel, err error) (outcome, place string) {
	if err == nil {
		return "ok", fmt.Sprintf("%d rows, %d series, %s", p.Len(), p.NumSeries(), p.Freq)
	}
	if e, ok := errors.AsType[*table.DataError](err); ok {
		codes := slices.SortedFunc(maps.Keys(e.Counts), func(a, b string) int {
			return cmp.Or(cmp.Compare(e.Counts[b], e.Counts[a]), cmp.Compare(a, b))
		})
		for i, code := range codes {
			if n := e.Counts[code]; n > 1 {
				codes[i] = code + "=" + strconv.Itoa(n)
			}
		}
		return "row:" + strings.Join(codes, "+"), e.First[0].Place()
	}
	if e, ok := errors.AsType[*table.ColumnError](err); ok {
		return "column:" + e.Column, ""
	}
	if e, ok := errors.AsType[*table.FileError](err); ok {
		if e.Code == table.CodeFrequency {
			return "freq", ""
		}
		return "file:" + e.Code, ""
	}
	return fmt.Sprintf("%T", err), ""
}

// tell writes an error, or a panel: every observation as "ids date y covariates", with ? for a
// missing covariate, and every warning.
func tell(p *panel.Panel, err error) string {
	if p == nil {
		return fmt.Sprint(err)
	}
	covariates := slices.SortedFunc(slices.Values(p.Covariates), func(a, b panel.Covariate) int { return cmp.Compare(a.Name, b.Name) })
	var b strings.Builder
	for s := range p.NumSeries() {
		ids := make([]string, len(p.IDs))
		for c := range ids {
			ids[c] = p.ID(c, s)
		}
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			fmt.Fprintf(&b, "%s %s %v", strings.Join(ids, "/"), p.Freq.Format(p.Period[i]), p.Y[i])
			for _, c := range covariates {
				at := i
				if c.Use == panel.Static {
					at = s
				}
				fmt.Fprintf(&b, " %s=%s", c.Name, cmp.Or(c.Text(at), "?"))
			}
			b.WriteByte('\n')
		}
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "%s: %d: %s %q\n", w.Code, w.Count, w.Message, w.Places)
	}
	return b.String()
}
