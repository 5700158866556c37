package forecast

import (
	"fmt"
	"strings"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Codes of Warnings.
const (
	WarnColdStart    = "cold_start"
	WarnExtrapolated = "extrapolated"
)

// maxPlaces is how many places a warning names.
const maxPlaces = 5

// Warnings returns what a reader of the rows should know: series that the bundle's data did not
// hold, counted once each, and days far from its data. Each rule appears once, with its count and first places.
func Warnings(ids []features.IDSpec, rows []Row) []panel.Warning {
	cold := panel.Warning{Code: WarnColdStart, Message: "series that the model has never seen; their forecasts are guesses from other series"}
	far := panel.Warning{Code: WarnExtrapolated, Message: "days before the model's data or beyond its horizon"}
	seen := make(map[string]bool)
	for i := range rows {
		if name := series(ids, &rows[i]); rows[i].ColdStart && !seen[name] {
			seen[name] = true
			count(&cold, name)
		}
		if rows[i].Extrapolated {
			count(&far, series(ids, &rows[i])+", "+rows[i].Date.String())
		}
	}
	var out []panel.Warning
	for _, w := range []panel.Warning{cold, far} {
		if w.Count > 0 {
			out = append(out, w)
		}
	}
	return out
}

func count(w *panel.Warning, place string) {
	w.Count++
	if len(w.Places) < maxPlaces {
		w.Places = append(w.Places, place)
	}
}

func series(ids []features.IDSpec, r *Row) string {
	parts := make([]string, len(ids))
	for c, id := range ids {
		parts[c] = fmt.Sprintf("%s %s", id.Name, r.IDs[c])
	}
	return strings.Join(parts, ", ")
}
