package hint

import (
	"strings"
	"unicode/utf8"

	"github.com/hbollon/go-edlib"
)

// Nearest returns the candidate that a typing error most likely made of word, the first of
// equally near ones, or "" if none is near. Case, blanks around and leading dashes do not count;
// at most a third of the letters may differ, and one in the shortest words.
func Nearest(word string, candidates []string) string {
	folded := fold(word)
	best, fewest := "", max(1, utf8.RuneCountInString(folded)/3)+1
	for _, candidate := range candidates {
		if d := edlib.OSADamerauLevenshteinDistance(folded, fold(candidate)); d < fewest {
			best, fewest = candidate, d
		}
	}
	return best
}

func fold(word string) string { return strings.ToLower(strings.TrimLeft(strings.TrimSpace(word), "-")) }
