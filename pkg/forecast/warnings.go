package forecast

import (
	"strings"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of Warnings.
const (
	WarnColdStart    = "cold_start"
	WarnExtrapolated = "extrapolated"
	WarnUnseen       = "unseen_value"
)

// maxPlaces is how many places a warning names.
const maxPlaces = 5

// Warnings returns what a reader of the rows should know: series that the bundle's data did not
// hold, counted once each, and dates far from its data. Each rule appears once, with its count and
// first places.
func Warnings(ids []features.IDSpec, rows []Row) []table.Warning {
	cold := table.Warning{Code: WarnColdStart, Message: "series that the model has never seen; their forecasts are guesses from other series"}
	far := table.Warning{Code: WarnExtrapolated, Message: "dates before the model's data or beyond its horizon"}
	seen := make(map[string]bool)
	for i := range rows {
		if name := label(ids, rows[i].IDs); rows[i].ColdStart && !seen[name] {
			seen[name] = true
			count(&cold, name)
		}
		if rows[i].Extrapolated {
			count(&far, label(ids, rows[i].IDs)+", "+rows[i].Freq.Format(rows[i].Period))
		}
	}
	var out []table.Warning
	for _, w := range []table.Warning{cold, far} {
		if w.Count > 0 {
			out = append(out, w)
		}
	}
	return out
}

func count(w *table.Warning, place string) {
	w.Count++
	if len(w.Places) < maxPlaces {
		w.Places = append(w.Places, place)
	}
}

// label names a series for people: "store 1, item 2".
func label(ids []features.IDSpec, values []string) string {
	parts := make([]string, len(ids))
	for c, id := range ids {
		parts[c] = id.Name + " " + values[c]
	}
	return strings.Join(parts, ", ")
}
