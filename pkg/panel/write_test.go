package panel_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// longFile has text that needs quotes, hours, and missing values of every kind.
const longFile = "t,id,code,y,size,area,promo,price\n" +
	"2024-01-01T22:00:00,\"a,b\",-7,1.5,L,,\"say \"\"x\"\"\",0.1\n" +
	"2024-01-01T23:00:00,\"a,b\",-7,,L,,,\n" +
	"2024-01-02T00:00:00,\"a,b\",-7,1000000,L,,\"x;y\",-12\n" +
	"2024-01-02T01:00:00,b,10,123456789012345,,80.25,plain,1e+300\n" +
	"2024-01-02T02:00:00,b,10,1e-07,,80.25,\"two\nlines\",1000000000000000\n"

func longConfig() panel.Config {
	cfg := panel.Default()
	cfg.Time, cfg.IDs, cfg.Target, cfg.Freq = "t", []string{"id", "code"}, "y", "h"
	cfg.Static, cfg.KnownFuture, cfg.PastOnly = []string{"size", "area"}, []string{"promo"}, []string{"price"}
	return cfg
}

func TestWriteLong(t *testing.T) {
	t.Parallel()
	first := mustRead(t, longFile, longConfig())
	var text, packed, again bytes.Buffer
	if err := first.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(longFile, text.String()); diff != "" {
		t.Errorf("CSV -> CSV (-want +got):\n%s", diff)
	}
	if err := first.WriteParquet(&packed); err != nil {
		t.Fatal(err)
	}
	second := mustRead(t, packed.String(), longConfig())
	if diff := cmp.Diff(first, second, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Warnings")); diff != "" { // rows, not lines
		t.Errorf("CSV -> Parquet (-csv +parquet):\n%s", diff)
	}
	if err := second.WriteCSV(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(longFile, again.String()); diff != "" {
		t.Errorf("CSV -> Parquet -> CSV (-want +got):\n%s", diff)
	}
}

// TestWriteRoundTrips writes generated panels in every form and reads them back.
func TestWriteRoundTrips(t *testing.T) {
	t.Parallel()
	cfg := with(func(*panel.Config) {})
	rapid.Check(t, func(rt *rapid.T) {
		records, d := drawRecords(rt), drawDialect(rt)
		want, err := panel.ReadFrom(t.Context(), strings.NewReader(d.write(records)), "f.csv", cfg)
		if err != nil {
			rt.Fatal(err)
		}
		want.Ignored = nil
		opts := cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Warnings", "Row")} // series are written one by one
		for form, write := range map[string]func(*bytes.Buffer) error{
			"CSV":     func(b *bytes.Buffer) error { return want.WriteCSV(b) },
			"Parquet": func(b *bytes.Buffer) error { return want.WriteParquet(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				rt.Fatal(err)
			}
			got, err := panel.ReadFrom(t.Context(), &b, "f", cfg)
			if err != nil {
				rt.Fatalf("%s: %v", form, err)
			}
			if diff := cmp.Diff(want, got, opts); diff != "" {
				rt.Fatalf("%s (-panel +read again):\n%s", form, diff)
			}
		}
		testWide(rt, records, d, cfg)
	})
}

// testWide writes the records that have a target as a wide file and reads it back.
func testWide(t *rapid.T, records []map[string]string, d dialect, cfg panel.Config) {
	var known []map[string]string
	for _, r := range records {
		if r["sales"] != "" {
			known = append(known, r)
		}
	}
	if len(known) == 0 {
		return
	}
	want, err := panel.ReadInputs(t.Context(), inputs("f.csv", d.write(known)), cfg)
	if err != nil {
		t.Fatal(err)
	}
	want.Ignored = nil
	var b bytes.Buffer
	if err := want.WriteWide(&b); err != nil {
		t.Fatal(err)
	}
	got, err := panel.ReadWide(t.Context(), inputs("f.csv", b.String())[0], cfg)
	if err != nil {
		t.Fatalf("%v\n%q", err, b.String())
	}
	checkPanel(t, got)
	opts := cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(panel.Panel{}, "Warnings", "Row")}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Fatalf("wide (-panel +read again):\n%s\n%q", diff, b.String())
	}
}

func TestWriteWide(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "date,store,item,sales\n2024-01-01,1,a,1\n2024-03-01,1,a,3\n2024-02-01,1,\"b,c\",\n2024-04-01,1,\"b,c\",4.5\n2024-05-01,1,a,0\n2024-03-01,1,\"b,c\",7\n", panel.Default())
	var b bytes.Buffer
	if err := p.WriteWide(&b); err != nil {
		t.Fatal(err)
	}
	const want = "store,item,2024-01-01,2024-02-01,2024-03-01,2024-04-01,2024-05-01\n1,a,1,,3,,0\n1,\"b,c\",,,7,4.5,\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("wide (-want +got):\n%s", diff)
	}
	long := mustRead(t, header+"1900-01-01,1,1,1\n2024-01-01,1,1,2\n", with(func(*panel.Config) {}))
	if err := long.WriteWide(&b); err == nil || !strings.Contains(err.Error(), "45291 periods from 1900-01-01 to 2024-01-01") {
		t.Errorf("error = %v, want one of 45291 periods", err)
	}
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	p := mustRead(t, sample(t, panel.DefaultSample()), panel.Default())
	full := errors.New("disk full")
	for form, write := range map[string]func(*fullDisk) error{
		"CSV":     func(f *fullDisk) error { return p.WriteCSV(f) },
		"wide":    func(f *fullDisk) error { return p.WriteWide(f) },
		"Parquet": func(f *fullDisk) error { return p.WriteParquet(f) },
	} {
		for _, room := range []int{0, 1000} {
			if err := write(&fullDisk{room: room, err: full}); !errors.Is(err, full) {
				t.Errorf("%s with room for %d bytes: error = %v, want %v", form, room, err, full)
			}
		}
	}
}

func TestReadWide(t *testing.T) {
	t.Parallel()
	read := func(text string, cfg panel.Config) (*panel.Panel, error) {
		return panel.ReadWide(t.Context(), inputs("f.csv", text)[0], cfg)
	}
	cfg := panel.Default()
	cfg.Static = []string{"dept"}
	p, err := read("item,2024-02-01,dept,2024-01-01,store,2024-04-01,x\nb,2,food,1,1,,\na,,drink,-3,1,0,\n\nc,,none,,9,,\n", cfg)
	if err != nil {
		t.Fatal(err)
	}
	checkPanel(t, p)
	want := []string{
		"1/a 2024-01-01 -3 #2 dept=drink", "1/a 2024-04-01 0 #3 dept=drink", "1/b 2024-01-01 1 #1 dept=food", "1/b 2024-02-01 2 #0 dept=food",
	}
	if diff := cmp.Diff(want, full(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if p.Freq != calendar.Month || p.Time != "date" || p.Target != "sales" || !cmp.Equal(p.Ignored, []string{"x"}) {
		t.Errorf("freq %s, columns %s and %s, ignored %q; want MS, date, sales, [x]", p.Freq, p.Time, p.Target, p.Ignored)
	}

	for _, tt := range []struct{ name, text, format, want string }{
		{"months", "store,item,2024-01,2024-02\n1,1,1,2\n", "%Y-%m-%d", "1/1 2024-02-01 2 #1"},
		{"hours", "store,item,2024-01-01 00:00,2024-01-01 01:00\n1,1,1,2\n", "%Y-%m-%d", "1/1 2024-01-01T01:00:00 2 #1"},
		{"another format", "store,item,31/01/2024,01/02/2024\n1,1,1,2\n", "%d/%m/%Y", "1/1 2024-02-01 2 #1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := panel.Default()
			cfg.DateFormat = tt.format
			p, err := panel.ReadWide(t.Context(), inputs("f.csv", tt.text)[0], cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := rows(p); got[len(got)-1] != tt.want {
				t.Errorf("last row = %s, want %s", got[len(got)-1], tt.want)
			}
		})
	}
}

func TestReadWideNamesBadCells(t *testing.T) {
	t.Parallel()
	const text = "store,item,2024-01-01,2024-01-02,2024-01-03\n1,1,1,x,3\n1,,1,2,3\n1,2,1,-2,3\n1,3,1,2,3\n1,3,1,,\n"
	cfg := panel.Default()
	cfg.Negative = panel.NegativeError
	_, err := panel.ReadWide(t.Context(), inputs("f.csv", text)[0], cfg)
	want := []string{
		`f.csv: line 2: 2024-01-02 "x": not a number`,
		`f.csv: line 3: item is empty`,
		`f.csv: line 4: 2024-01-02 -2: below zero, which --negative error does not allow`,
		`f.csv: line 6: store 1, item 3, 2024-01-01: already on line 5`,
	}
	if diff := cmp.Diff(want, messages(dataError(t, err).First)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	cfg.OnError = "quarantine f"
	p, err := panel.ReadWide(t.Context(), inputs("f.csv", text)[0], cfg)
	if err != nil {
		t.Fatal(err)
	}
	checkPanel(t, p)
	if diff := cmp.Diff([]string{"1/3 2024-01-01 1 #0", "1/3 2024-01-02 2 #1", "1/3 2024-01-03 3 #2"}, rows(p)); diff != "" {
		t.Errorf("rows left (-want +got):\n%s", diff)
	}
	if p.Rejected.Rows != 4 {
		t.Errorf("%d rows are left out, want 4", p.Rejected.Rows)
	}
}

func TestReadWideRefuses(t *testing.T) {
	t.Parallel()
	known := panel.Default()
	known.KnownFuture = []string{"promo"}
	for _, tt := range []struct {
		name, text string
		cfg        panel.Config
		want       string
	}{
		{"no date", "store,item,d_1,d_2\n1,1,1,2\n", panel.Default(), "f.csv: no column has a date for its name"},
		{"a date twice", "store,item,2024-01-01,2024-01\n1,1,1,2\n", panel.Default(), `f.csv: the columns "2024-01-01" and "2024-01" are of the same date`},
		{"no id", "store,2024-01-01\n1,1\n", panel.Default(), `f.csv: no column "item"; the header has "store", "2024-01-01"`},
		{"nothing sold", "store,item,2024-01-01\n1,1,\n", panel.Default(), "f.csv: no cell of its date columns holds a number"},
		{"header alone", "store,item,2024-01-01\n", panel.Default(), "f.csv: a header and no rows"},
		{"values by date", "store,item,2024-01-01\n1,1,1\n", known, `read f.csv: a wide file has no values by date of the column "promo"`},
		{"no config", "", panel.Config{DateFormat: "%Y-%m-%d", Freq: "D"}, "time: the date column has no name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := panel.ReadWide(t.Context(), inputs("f.csv", tt.text)[0], tt.cfg); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error = %v\nwant %s", err, tt.want)
			}
		})
	}
}
