package main

import (
	"regexp"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration
		show string
	}{
		{"0s", 0, "0s"},
		{"250ms", 250 * time.Millisecond, "250ms"},
		{"90s", 90 * time.Second, "1m30s"},
		{"60s", time.Minute, "1m"},
		{"1h", time.Hour, "1h"},
		{"1h0m30s", time.Hour + 30*time.Second, "1h0m30s"},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"10m0s", 10 * time.Minute, "10m"},
	}
	pattern := regexp.MustCompile(durationPattern)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := readDuration(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("readDuration = %v, %v, want %v", got, err, tt.want)
			}
			show := durationText(got)
			if show != tt.show {
				t.Errorf("durationText = %q, want %q", show, tt.show)
			}
			if again, err := readDuration(show); err != nil || again != got {
				t.Errorf("what is shown reads as %v, %v", again, err)
			}
			if !pattern.MatchString(tt.text) || !pattern.MatchString(show) {
				t.Errorf("the pattern of the schema does not match %q and %q", tt.text, show)
			}
		})
	}
	for _, text := range []string{"", "1", "0", "1.5", "1e3", "s", "1 s", "1d", "1m 30s", "9999999999h", "NaN", "0x1p4"} {
		if got, err := readDuration(text); err == nil {
			t.Errorf("readDuration(%q) = %v", text, got)
		}
	}
}
