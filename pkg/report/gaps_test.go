package report_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/report"
)

func TestGaps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		parts []report.Part
		style report.Style
		want  []string // parts of the page
		not   []string
	}{
		{
			name: "shades by share",
			parts: []report.Part{
				{2020, 1, 0, 0, 1000},
				{2020, 2, 0, 1, 1000},
				{2020, 3, 0, 49, 1000},
				{2020, 4, 0, 50, 1000},
				{2020, 5, 0, 249, 1000},
				{2020, 6, 0, 250, 1000},
				{2020, 7, 0, 749, 1000},
				{2020, 8, 0, 750, 1000},
				{2020, 9, 0, 1000, 1000},
				{2020, 10, 0, 2000, 1000},
				{2020, 11, 0, -1, 1000},
			},
			want: []string{"2020 ··· ░░░ ░░░ ▒▒▒ ▒▒▒ ▓▓▓ ▓▓▓ ███ ███ ███ ···"},
		},
		{
			name:  "nothing expected is a blank",
			parts: []report.Part{{2020, 1, 0, 0, 4}, {2020, 3, 0, 3, 0}, {2020, 4, 0, 0, 4}},
			want:  []string{"  2020 ···         ···\n", "Nothing is missing."},
			not:   []string{"3"},
		},
		{
			name:  "parts of one month are added up",
			parts: []report.Part{{2020, 1, 0, 4, 4}, {2020, 1, 0, 0, 4}, {2020, 1, 0, 1, 4}},
			want:  []string{"2020 ▓▓▓", "2020-01 (5 of 12)."},
		},
		{
			name:  "parts that no calendar has",
			parts: []report.Part{{2020, 0, 0, 1, 1}, {2020, 13, 0, 1, 1}, {2020, 1, -1, 1, 1}, {2020, 1, 32, 1, 1}, {0, 1, 0, 1, 1}, {10_000, 1, 0, 1, 1}, {2020, 1, 0, 0, 7}},
			want:  []string{"2020 ···\n", "Nothing is missing."},
		},
		{
			name:  "a year without anything",
			parts: []report.Part{{2018, 12, 0, 0, 4}, {2020, 1, 0, 0, 4}},
			want:  []string{"  2019\n  2020 ···\n"},
		},
		{
			name:  "earlier years complete",
			parts: months(2000, 2013, 10, map[string]int{"2002-01": 1}),
			want:  []string{"  2002 ▒▒▒", "and 2 earlier years, complete\n"},
			not:   []string{"  2001"},
		},
		{
			name:  "an earlier year with gaps that are the worst",
			parts: months(2001, 2013, 10, map[string]int{"2001-07": 9, "2002-01": 1}),
			want:  []string{"and 1 earlier year, with gaps: 9 of 120 missing\n", "Most is missing in 2001-07 (9 of 10), 2002-01 (1 of 10).\n"},
		},
		{
			name:  "the worst by share, then by number, then by time",
			parts: months(2020, 2020, 10, map[string]int{"2020-09": 5, "2020-05": 5, "2020-02": 10, "2020-01": 1, "2020-07": 2}),
			want:  []string{"Most is missing in 2020-02 (10 of 10), 2020-05 (5 of 10), 2020-09 (5 of 10),\n  some in 2 more months.\n"},
		},
		{
			name:  "the larger number of one share",
			parts: []report.Part{{2020, 1, 0, 1, 2}, {2020, 2, 0, 3, 6}, {2020, 3, 0, 2, 4}},
			want:  []string{"Most is missing in 2020-02 (3 of 6), 2020-03 (2 of 4), 2020-01 (1 of 2).\n"},
		},
		{
			name:  "days of twelve months",
			parts: []report.Part{{2019, 2, 28, 0, 5}, {2020, 1, 31, 1, 1}},
			want:  []string{"  2019-02                            ·\n", "  2020-01                               █        1\n", "2020-01-31 (1 of 1)."},
		},
		{
			name:  "more days than are named",
			parts: []report.Part{{2020, 1, 1, 1, 5}, {2020, 1, 2, 2, 5}, {2020, 1, 3, 3, 5}, {2020, 1, 4, 4, 5}},
			want:  []string{"2020-01-04 (4 of 5), 2020-01-03 (3 of 5),\n  2020-01-02 (2 of 5), some in 1 more day.\n"},
		},
		{
			name:  "days of thirteen months are months",
			parts: []report.Part{{2019, 1, 31, 0, 5}, {2020, 1, 1, 1, 5}, {2020, 1, 2, 0, 5}},
			want:  []string{"  2019 ···\n", "  2020 ▒▒▒", "2020-01 (1 of 10)."},
		},
		{
			name:  "a month among days",
			parts: []report.Part{{2020, 1, 1, 0, 5}, {2020, 2, 0, 5, 5}},
			want:  []string{"  2020 ··· ███", "2020-02 (5 of 5)."},
		},
		{
			name:  "days without room are months",
			parts: []report.Part{{2020, 1, 1, 0, 5}, {2020, 1, 2, 5, 5}},
			style: report.Style{Width: 40},
			want:  []string{"  2020 ▓                   5\n", "2020-01 (5 of 10)."},
		},
		{
			name:  "the room that days need",
			parts: []report.Part{{2020, 1, 1, 0, 5}, {2020, 1, 2, 5, 5}},
			style: report.Style{Width: 41},
			want:  []string{"  2020-01 ·█\n", "2020-01-02 (5 of 5)."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := render(t, tt.style, func(p *report.Page) { p.Gaps(tt.parts) })
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is in\n%s", not, got)
				}
			}
		})
	}
}

func TestGapsInAnyOrder(t *testing.T) {
	t.Parallel()
	parts := months(2001, 2013, 10, map[string]int{"2001-07": 9, "2002-01": 1, "2005-03": 4, "2006-03": 4, "2007-03": 4})
	draw := func(p *report.Page) { p.Gaps(parts) }
	want := render(t, report.Style{}, draw)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	if got := render(t, report.Style{}, draw); got != want {
		t.Errorf("in another order\n%s\nwant\n%s", got, want)
	}
}
