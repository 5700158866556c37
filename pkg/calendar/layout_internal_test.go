package calendar

import (
	"testing"

	"pgregory.net/rapid"
)

// formats have every way that a layout can be read: by words with the rest in one or several,
// fixed without words, and step by step.
func formats() []string {
	return []string{
		"%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d%m%Y", "%Y-%m", "%m/%Y", "%Y%m",
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H", "%Y%m%d%H%M%S", "%Y%m%d%H",
		"%d.%m.%Y %H:%M:%S", "%H:%M %d.%m.%Y", "%M%Y%m%d%H", "week of %Y-%m-%d, at %H", "%Y in %m, day %d",
		"%-d.%-m.%Y", "%d %b %Y %H:%M", "%B %Y", "%y-%m-%d", "%S%Y-%m-%d",
	}
}

// slowTick reads text step by step, by a layout that has read nothing.
func slowTick(t interface{ Fatal(args ...any) }, format, text string) (int32, Fault) {
	l, err := CompileLayout(format)
	if err != nil {
		t.Fatal(err)
	}
	return l.walk([]byte(text))
}

// TestTickIsWalk reads texts one after another, most of them in the month of the one before and
// some broken in one byte, and compares each with the plain way.
func TestTickIsWalk(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				l, err := CompileLayout(format)
				if err != nil {
					t.Fatal(err)
				}
				month := rapid.IntRange(-24, 24).Draw(t, "month")
				for range 20 {
					if rapid.IntRange(0, 5).Draw(t, "turn") == 0 {
						month++
					}
					text := l.Append(nil, Time{
						Date: Month.Start(Period(month)).Date + Date(rapid.IntRange(0, 27).Draw(t, "day")),
						Hour: rapid.IntRange(0, 23).Draw(t, "hour"),
					})
					if rapid.IntRange(0, 2).Draw(t, "broken") == 0 {
						text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0129:T- x\x00\xff")).Draw(t, "byte")
					}
					got, fault := l.Tick(text)
					want, wantFault := slowTick(t, format, string(text))
					if fault != wantFault || fault == FaultNone && got != want {
						t.Fatalf("Tick(%q) = %d, %d; plainly %d, %d", text, got, fault, want, wantFault)
					}
				}
			})
		})
	}
}

func TestTickAllocatesNothing(t *testing.T) { // not parallel, by the rule of AllocsPerRun
	for _, format := range formats() {
		l, err := CompileLayout(format)
		if err != nil {
			t.Fatal(err)
		}
		text := l.Append(nil, Time{Date: NewDate(2024, 2, 29), Hour: 13})
		if n := testing.AllocsPerRun(10, func() { l.Tick(text) }); n != 0 {
			t.Errorf("%s: %v allocations", format, n)
		}
	}
}

// FuzzLayout compiles any format. What it reads it writes back, and a text has one meaning
// whatever was read before.
func FuzzLayout(f *testing.F) {
	for _, format := range formats() {
		l, err := CompileLayout(format)
		if err != nil {
			f.Fatal(err)
		}
		first := l.Append(nil, Time{Date: NewDate(2024, 2, 28), Hour: 23})
		f.Add(format, string(first), string(l.Append(nil, Time{Date: NewDate(2024, 2, 29)})))
	}
	f.Add("%Y-%m-%d", "2024-02-29", "2024-02-30")
	f.Add("%Y-%m-%d", "\x00\x00\x00\x00\x00\x00\x00\x0001", "")
	f.Add("%Y-%m-%dT%H:%M", "2024-02-29T00:30", "2024-02-29T24:00")
	f.Add("%Y年%m月", "2024年02月", "2024")
	f.Add("%%%Y%-m%-d", "%2024111", "%20241111")
	f.Add("%Y-%", "", "")
	f.Fuzz(func(t *testing.T, format, first, second string) {
		l, err := CompileLayout(format)
		if err != nil {
			return
		}
		for _, text := range []string{first, second, first} {
			got, fault := l.Tick([]byte(text))
			want, wantFault := slowTick(t, format, text)
			if fault != wantFault || fault == FaultNone && got != want {
				t.Fatalf("Tick(%q) by %q = %d, %d; plainly %d, %d", text, format, got, fault, want, wantFault)
			}
			if fault != FaultNone {
				if e := l.Explain(text, fault); e.Error() == "" {
					t.Errorf("fault %d has no words", fault)
				}
				continue
			}
			written := l.Append(nil, l.Unit().Time(got))
			if n := l.Width(); n != 0 && n != len(written) {
				t.Errorf("width %d, but %q by %q", n, written, format)
			}
			// One digit for day and month may run into the next number: such formats are read
			// otherwise than they are written.
			if back, fault := l.Tick(written); l.fixed != nil && (fault != FaultNone || back != got) {
				t.Errorf("Tick(%q) by %q = %d, %d; want %d", written, format, back, fault, got)
			}
		}
	})
}
