// Package testpanel makes the panels that tests of several rooms start from.
package testpanel

import (
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/panel"
)

// Read returns the panel of a CSV text with the default columns and the named id columns. A text
// that does not read ends the test.
func Read(tb testing.TB, text string, ids ...string) *panel.Panel {
	tb.Helper()
	cfg := panel.Default()
	cfg.IDs = ids
	p, err := panel.ReadFrom(tb.Context(), strings.NewReader(text), "test.csv", cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
