package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
)

// splitGolden is scikit-learn's answer for n rows, made by scripts/golden/split.py.
type splitGolden struct {
	N           int  `json:"n"`
	Refused     bool `json:"refused"` // scikit-learn leaves no row to train on
	Train, Test indexGolden
}

type indexGolden struct {
	Len    int    `json:"len"`
	First  []int  `json:"first"`
	SHA256 string `json:"sha256"` // of the indexes as little-endian int64
}

func TestSplitRandomEqualsSklearn(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/split.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []splitGolden
	if err := json.Unmarshal(data, &goldens); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, want := range goldens {
		if want.Refused {
			continue
		}
		compared++
		t.Run(strconv.Itoa(want.N), func(t *testing.T) {
			t.Parallel()
			rows := make([]int, want.N)
			for i := range rows {
				rows[i] = i
			}
			train, valid := splitRandom(rows)
			checkIndexes(t, "train", train, want.Train)
			// The held-out rows come back sorted; their order as drawn is the permutation's.
			drawn := permutation(want.N, randomState)[:len(valid)]
			checkIndexes(t, "test", drawn, want.Test)
			if !slices.Equal(valid, slices.Sorted(slices.Values(drawn))) {
				t.Error("the held-out rows are not the drawn ones in ascending order")
			}
		})
	}
	if compared < 10 {
		t.Errorf("only %d sizes were compared", compared)
	}
}

func checkIndexes(t *testing.T, name string, got []int, want indexGolden) {
	t.Helper()
	if len(got) != want.Len {
		t.Fatalf("%s: %d rows, want %d", name, len(got), want.Len)
	}
	if diff := cmp.Diff(want.First, got[:len(want.First)]); diff != "" {
		t.Errorf("%s: first rows (-want +got):\n%s", name, diff)
	}
	h := sha256.New()
	for _, i := range got {
		if err := binary.Write(h, binary.LittleEndian, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != want.SHA256 {
		t.Errorf("%s: the digest of all rows is %s, want %s", name, sum, want.SHA256)
	}
}

func TestSplitTime(t *testing.T) {
	t.Parallel()
	m := &features.Matrix{Spec: &features.Spec{Freq: calendar.Day}, Period: []calendar.Period{10, 5, 7, 8, 6, 9, 11}}
	rows := []int{0, 1, 2, 3, 4, 6} // row 5 has no target
	tests := []struct {
		name         string
		cutoff       calendar.Period
		horizon      int
		train, valid []int
	}{
		{"the last days", 8, 3, []int{1, 2, 3, 4}, []int{0, 6}},
		{"later days are in neither", 6, 2, []int{1, 4}, []int{2, 3}},
		{"nothing to train on", 4, 3, nil, nil},
		{"nothing to score", 11, 3, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			train, valid, err := splitTime(m, rows, tt.cutoff, tt.horizon)
			if (err != nil) != (tt.train == nil) {
				t.Fatalf("error %v, want rows %v", err, tt.train)
			}
			if err == nil && (!cmp.Equal(train, tt.train) || !cmp.Equal(valid, tt.valid)) {
				t.Errorf("train %v, valid %v, want %v and %v", train, valid, tt.train, tt.valid)
			}
		})
	}
}

// TestSplitTimeSpeaksOfPeriods has a message in the words of the frequency.
func TestSplitTimeSpeaksOfPeriods(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq calendar.Freq
		want string
	}{
		{calendar.Day, "0 rows up to 1970-01-02 and 1 in the 3 days after it"},
		{calendar.Hour, "0 rows up to 1970-01-01T01:00:00 and 1 in the 3 hours after it"},
		{calendar.WeekSun, "0 rows up to 1970-01-04 and 1 in the 3 weeks after it"},
		{calendar.BusinessDay, "0 rows up to 1970-01-02 and 1 in the 3 business days after it"},
		{calendar.Quarter, "0 rows up to 1970-04-01 and 1 in the 3 quarters after it"},
	}
	for _, tt := range tests {
		m := &features.Matrix{Spec: &features.Spec{Freq: tt.freq}, Period: []calendar.Period{4}}
		_, _, err := splitTime(m, []int{0}, 1, 3)
		if !errors.Is(err, ErrTooShort) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want ErrTooShort with %q", tt.freq, err, tt.want)
		}
	}
}
