package quality

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of the findings about ids and columns.
const (
	CodeAlikeIDs     = "alike_ids"     // ids that differ by case, blanks or Unicode form only
	CodeLeadingZeros = "leading_zeros" // ids that differ by zeros before a number only
	CodeIgnored      = "ignored_columns"
)

// alikeIDs names the ids of a column that people would take for one.
func alikeIDs(p *panel.Panel) []Finding {
	alike := Finding{Code: CodeAlikeIDs, Severity: Warning, Message: "ids differ from another by case, blanks or Unicode form only, and are series of their own"}
	zeros := Finding{Code: CodeLeadingZeros, Severity: Warning, Message: "ids differ from another by leading zeros only, and are series of their own"}
	for _, id := range p.IDs {
		if id.Rule != panel.Text {
			continue // canonical integers are alike only if they are equal
		}
		addAlike(&alike, id, foldID)
		addAlike(&zeros, id, trimZeros)
	}
	return []Finding{alike, zeros}
}

// addAlike counts the ids that have the same fold as an id before them.
func addAlike(f *Finding, id panel.IDColumn, fold func(string) string) {
	groups := make(map[string][]string)
	for _, v := range id.Values {
		if key := fold(v); key != "" {
			groups[key] = append(groups[key], v)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		group := groups[key]
		if len(group) == 1 {
			continue
		}
		f.place(func() string { return id.Name + " " + strings.Join(quoteApart(group), ", ") })
		f.Count += len(group) - 2
	}
}

// quoteApart quotes the first ids of a group, so that those that look the same do not.
func quoteApart(group []string) []string {
	group = group[:min(len(group), table.MaxPlaces)]
	quote := table.Quote
	looks := make(map[string]bool)
	for _, v := range group {
		if look := norm.NFKC.String(v); looks[look] {
			quote = strconv.QuoteToASCII
		} else {
			looks[look] = true
		}
	}
	quoted := make([]string, len(group))
	for i, v := range group {
		quoted[i] = quote(v)
	}
	return quoted
}

// foldID returns what is left of an id without case, Unicode form, and blanks at its ends or more
// than one.
func foldID(id string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(id))), " ")
}

// trimZeros returns a number without the zeros before it, "" for anything else.
func trimZeros(id string) string {
	if strings.Trim(id, "0123456789") != "" {
		return ""
	}
	if digits := strings.TrimLeft(id, "0"); digits != "" {
		return digits
	}
	return "0"
}

func ignoredColumns(p *panel.Panel) []Finding {
	return []Finding{{
		Code: CodeIgnored, Severity: Info, Count: len(p.Ignored), Message: "columns have no role and are not read",
		Hint:   "--known-future, --past-only and --static give them one",
		Places: p.Ignored[:min(len(p.Ignored), table.MaxPlaces)],
	}}
}
