package hint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/salesctl/salesctl/internal/hint"
)

func TestOf(t *testing.T) {
	t.Parallel()
	base := errors.New("no model")
	inner := hint.Wrap(base, "train one")
	outer := fmt.Errorf("predict: %w", inner)

	if got, want := outer.Error(), "predict: no model"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got, want := hint.Of(outer), "train one"; got != want {
		t.Errorf("Of(outer) = %q, want %q", got, want)
	}
	if got, want := hint.Of(hint.Wrap(outer, "look elsewhere")), "look elsewhere"; got != want {
		t.Errorf("Of(rewrapped) = %q, want the outermost %q", got, want)
	}
	if !errors.Is(outer, base) {
		t.Error("a hint hides its cause from errors.Is")
	}
	if hint.Wrap(nil, "x") != nil || hint.Of(base) != "" {
		t.Error("nil or unhinted errors must stay as they are")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"--target", "--time", "sales", "store", "num_leaves"}
	tests := []struct{ word, want string }{
		{"sale", "sales"},
		{"Sales ", "sales"},
		{"asles", "sales"},
		{"--targte", "--target"},
		{"num_leafs", "num_leaves"},
		{"stroe", "store"},
		{"--TIME", "--time"},
		{"--tmie", "--time"},
		{"--xyz", ""},
		{"price", ""},
		{"x", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := hint.Nearest(tt.word, candidates); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
