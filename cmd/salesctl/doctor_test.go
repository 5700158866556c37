package main

import (
	"errors"
	"testing"

	"github.com/salesctl/salesctl/pkg/train"
)

func TestWorst(t *testing.T) {
	t.Parallel()
	ok := finding{Check: "version", State: stateOK}
	registry := failed("registry", errors.New("not writable"))
	config := failed("config", &configError{Problems: []problem{{Err: errors.New("unknown key")}}})
	lightgbm := failed("lightgbm", train.ErrNoLightGBM)
	tests := []struct {
		name     string
		findings []finding
		want     int
	}{
		{"nothing failed", []finding{ok, {Check: "config", State: stateWarn}}, exitOK},
		{"anything", []finding{ok, registry}, exitFailure},
		{"the configuration before others", []finding{ok, registry, config}, exitUsage},
		{"LightGBM before all", []finding{ok, config, registry, lightgbm}, exitNoTool},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := exitOK
			if err := worst(tt.findings); err != nil {
				_, got = classify(err)
			}
			if got != tt.want {
				t.Errorf("exit %d, want %d", got, tt.want)
			}
		})
	}
}
