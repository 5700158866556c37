package serve

import (
	stdjson "encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
)

// releasedBundle returns the released bundle, whose ids are the positive integers store and item.
func releasedBundle(tb testing.TB) *model.Bundle {
	tb.Helper()
	b, err := model.Open("../model/testdata/backcompat/1").Load("sales", "", model.CheckSums)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// withColumn returns the bundle with another first id column and date format.
func withColumn(b *model.Bundle, name string, rule panel.Rule, dateFormat string) *model.Bundle {
	spec := *b.Spec
	spec.IDs = slices.Clone(spec.IDs)
	spec.IDs[0].Name, spec.IDs[0].Rule, spec.DateFormat = name, rule, dateFormat
	other := *b
	other.Spec = &spec
	return &other
}

func TestBindIDs(t *testing.T) {
	t.Parallel()
	b := releasedBundle(t)
	positive := withColumn(b, "store", panel.PositiveInteger, "%Y-%m-%d")
	whole := withColumn(b, "offset", panel.Integer, "%Y-%m-%d")
	word := withColumn(b, "región", panel.Text, "%Y-%m-%d")
	const (
		noPositive = "Store must be a positive integer"
		noInteger  = "Offset must be an integer"
		noText     = "Región must be a string of 1 to 256 bytes without NUL"
	)
	tests := []struct {
		bundle      *model.Bundle
		value, want string // want: the id, or the message
	}{
		{positive, `1`, "1"},
		{positive, `1.0`, "1"},
		{positive, `1e1`, "10"},
		{positive, `2500e-2`, "25"},
		{positive, `"1"`, "1"},
		{positive, `" 007 "`, "7"},
		{positive, `"+1"`, "1"},
		{positive, `"\u0031"`, "1"},
		{positive, `999999999999999`, "999999999999999"},
		{positive, `1000000000000000`, noPositive},
		{positive, `9007199254740993.0`, noPositive},
		{positive, `1e400`, noPositive},
		{positive, `0`, noPositive},
		{positive, `-0.0`, noPositive},
		{positive, `-1`, noPositive},
		{positive, `1.9`, noPositive},
		{positive, `"1.0"`, noPositive},
		{positive, `"1_0"`, noPositive},
		{positive, `"１"`, noPositive},
		{positive, `""`, noPositive},
		{positive, `"1; drop"`, noPositive},
		{positive, `true`, noPositive},
		{positive, `null`, noPositive},
		{positive, `[1]`, noPositive},
		{positive, `{"a":1}`, noPositive},
		{whole, `-3`, "-3"},
		{whole, `-0.0`, "0"},
		{whole, `"-0"`, "0"},
		{whole, `0.5`, noInteger},
		{whole, `"a"`, noInteger},
		{word, `"north\tEast\u00e9"`, "north\tEasté"},
		{word, `"1"`, "1"},
		{word, `1`, noText},
		{word, `""`, noText},
		{word, `"a\u0000"`, noText},
		{word, `"` + strings.Repeat("é", 128) + `"`, strings.Repeat("é", 128)},
		{word, `"` + strings.Repeat("é", 128) + `x"`, noText},
		{word, `null`, noText},
	}
	for _, tt := range tests {
		name := tt.bundle.Spec.IDs[0].Name
		t.Run(name+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			r, err := decodeRequest([]byte(`{"date":"2025-02-03","item":1,"` + name + `":` + tt.value + `}`))
			if err != nil {
				t.Fatal(err)
			}
			req, err := r.bind(tt.bundle)
			if err == nil && req.IDs[0] != tt.want || err != nil && err.Error() != tt.want {
				t.Errorf("got %q, %v, want %q", req.IDs, err, tt.want)
			}
		})
	}
}

func TestBindDates(t *testing.T) {
	t.Parallel()
	b := releasedBundle(t)
	tests := []struct{ format, value, want string }{
		{"%Y-%m-%d", `"2025-02-03"`, "2025-02-03"},
		{"%Y-%m-%d", `"2025-02-30"`, "Invalid date format. Use YYYY-MM-DD"},
		{"%Y-%m-%d", `"2025-02-03T00:00:00"`, "Invalid date format. Use YYYY-MM-DD"},
		{"%Y-%m-%d", `"2025-02-03T06:00:00"`, "Invalid date format. Use YYYY-MM-DD"},
		{"%Y-%m-%d", `20250203`, "Invalid date format. Use YYYY-MM-DD"},
		{"%Y-%m-%d", `null`, "Invalid date format. Use YYYY-MM-DD"},
		{"%Y-%m-%d", `["2025-02-03"]`, "Invalid date format. Use YYYY-MM-DD"},
		{"%d/%m/%Y", `"03/02/2025"`, "2025-02-03"},
		{"%d/%m/%y", `"2025-02-03"`, "Invalid date format. Use DD/MM/YY"},
		{"%-d %b %Y, %H:%M:%S", `""`, "Invalid date format. Use D Mon YYYY, HH:MM:SS"},
		{"100%% %B %-m", `""`, "Invalid date format. Use 100% Month M"},
	}
	for _, tt := range tests {
		t.Run(tt.format+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			r, err := decodeRequest([]byte(`{"store":1,"item":1,"date":` + tt.value + `}`))
			if err != nil {
				t.Fatal(err)
			}
			req, err := r.bind(withColumn(b, "store", panel.PositiveInteger, tt.format))
			got := b.Spec.Freq.Format(req.Period)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// withFreq returns the bundle as one of data with another frequency.
func withFreq(b *model.Bundle, freq calendar.Freq, dateFormat string) *model.Bundle {
	other := withColumn(b, "store", panel.PositiveInteger, dateFormat)
	other.Spec.Freq = freq
	return other
}

func TestBindDatesOfEveryFreq(t *testing.T) {
	t.Parallel()
	b := releasedBundle(t)
	tests := []struct {
		freq                calendar.Freq
		format, value, want string
		code                string
	}{
		{calendar.Hour, "%Y-%m-%d", `"2025-02-03T13:00:00"`, "2025-02-03T13:00:00", ""},
		{calendar.Hour, "%Y-%m-%d", `"2025-02-03 13:00"`, "2025-02-03T13:00:00", ""},
		{calendar.Hour, "%Y-%m-%d", `"2025-02-03"`, "Invalid date format. Use YYYY-MM-DDTHH:00:00", codeBadDate},
		{calendar.Hour, "%Y-%m-%d", `"2025-02-03T13:30:00"`, "Invalid date format. Use YYYY-MM-DDTHH:00:00", codeBadDate},
		{calendar.Hour, "%d/%m/%Y %H:%M", `"2025-02-03T13:00:00"`, "Invalid date format. Use DD/MM/YYYY HH:MM", codeBadDate},
		{calendar.WeekSun, "%Y-%m-%d", `"2025-02-02"`, "2025-02-02", ""},
		{calendar.WeekSun, "%Y-%m-%d", `"2025-02-03"`, "Date 2025-02-03 is not a date of the frequency W-SUN; the nearest are 2025-02-02 and 2025-02-09", codeOffGrid},
		{calendar.Month, "%Y-%m", `"2025-02"`, "2025-02-01", ""},
		{calendar.Month, "%Y-%m", `"2025-02-01"`, "Invalid date format. Use YYYY-MM", codeBadDate},
		{calendar.Month, "%Y-%m-%d", `"2025-02-15"`, "Date 2025-02-15 is not a date of the frequency MS; the nearest are 2025-02-01 and 2025-03-01", codeOffGrid},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String()+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			r, err := decodeRequest([]byte(`{"store":1,"item":1,"date":` + tt.value + `}`))
			if err != nil {
				t.Fatal(err)
			}
			req, err := r.bind(withFreq(b, tt.freq, tt.format))
			got, code := tt.freq.Format(req.Period), ""
			if e, ok := errors.AsType[*apiError](err); ok {
				got, code = e.message, e.code
			}
			if got != tt.want || code != tt.code {
				t.Errorf("got %q, code %q, want %q, %q", got, code, tt.want, tt.code)
			}
		})
	}
}

// TestBindListsEveryFault has all fields of a bundle with other names, some missing and some wrong.
func TestBindListsEveryFault(t *testing.T) {
	t.Parallel()
	b := withColumn(releasedBundle(t), "sku", panel.Text, "%Y-%m-%d")
	tests := []struct {
		body, code, message string
		want                []fieldError
	}{
		{`{"x":1}`, codeMissingFields, "Missing required fields: date, sku, item", []fieldError{
			{Field: "date", Message: "Date is missing"}, {Field: "sku", Message: "Sku is missing"}, {Field: "item", Message: "Item is missing"},
		}},
		{`{"item":0,"date":"x"}`, codeMissingFields, "Missing required fields: sku", []fieldError{
			{Field: "sku", Message: "Sku is missing"},
			{Field: "date", Message: "Invalid date format. Use YYYY-MM-DD"},
			{Field: "item", Message: "Item must be a positive integer"},
		}},
		{`{"item":0,"date":"2025-02-03","sku":1}`, codeBadID, "Sku must be a string of 1 to 256 bytes without NUL", []fieldError{
			{Field: "sku", Message: "Sku must be a string of 1 to 256 bytes without NUL"}, {Field: "item", Message: "Item must be a positive integer"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			r, err := decodeRequest([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.bind(b)
			e, ok := errors.AsType[*apiError](err)
			if !ok || e.code != tt.code || e.message != tt.message {
				t.Fatalf("got %v, want %s: %s", err, tt.code, tt.message)
			}
			if diff := cmp.Diff(tt.want, e.fields, cmpopts.IgnoreUnexported(fieldError{})); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRequestCodes(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth)
	}
	tests := []struct{ name, body, want string }{
		{"an object", `{"a":1}`, ""},
		{"blanks around", " \n{\"a\":1}\t ", ""},
		{"as deep as allowed", nested(maxDepth), ""},
		{"one deeper", nested(maxDepth + 1), codeTooDeep},
		{"far deeper", nested(20000), codeTooDeep},
		{"nothing", "", codeNoData},
		{"blanks only", " \n ", codeNoData},
		{"no members", "{}", codeNoData},
		{"null", "null", codeNotAnObject},
		{"a list", "[1]", codeNotAnObject},
		{"a list of lists that does not end", strings.Repeat("[", 20000), codeTooDeep},
		{"a string", `"x"`, codeNotAnObject},
		{"a number", "7", codeNotAnObject},
		{"a member twice", `{"a":1,"a":1}`, codeDuplicate},
		{"a member twice, once escaped", `{"a":1,"\u0061":1}`, codeDuplicate},
		{"a member twice further in", `{"x":[{"a":1,"a":1}]}`, codeDuplicate},
		{"another object", `{"a":1}{"a":1}`, codeTrailingData},
		{"a word behind", `{"a":1} x`, codeTrailingData},
		{"Latin-1", "{\"a\":\"\xe9\"}", codeInvalidUTF8},
		{"UTF-16", "\xff\xfe{\x00", codeInvalidUTF8},
		{"half a surrogate pair", `{"a":"\ud800"}`, codeInvalidJSON},
		{"cut", `{"a":1`, codeInvalidJSON},
		{"a comma too many", `{"a":1,}`, codeInvalidJSON},
		{"single quotes", `{'a':1}`, codeInvalidJSON},
		{"not a number", `{"a":NaN}`, codeInvalidJSON},
		{"a leading zero", `{"a":01}`, codeInvalidJSON},
		{"a comment", `{"a":1/**/}`, codeInvalidJSON},
		{"two byte order marks", "\ufeff\ufeff{\"a\":1}", codeInvalidJSON},
		{"a model that is no string", `{"model":null}`, codeBadModel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeRequest([]byte(tt.body))
			got := ""
			if e, ok := errors.AsType[*apiError](err); ok {
				got = e.code
			}
			if got != tt.want {
				t.Errorf("code %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

// FuzzDecodeRequest holds the reader of bodies to encoding/json: what it accepts is an object there,
// with the same members; what it refuses has a code of status 400. What a bundle accepts, it
// accepts again in canonical form.
func FuzzDecodeRequest(f *testing.F) {
	b := releasedBundle(f)
	rich := withSpec(f, b, `{"covariates":[{"name":"size","use":"static"},{"name":"region","use":"static","levels":["north"]},{"name":"promo","use":"known_future"}]}`)
	for _, seed := range []string{
		`{"date":"2025-02-03","store":1,"item":2,"region":"north","promo":1.5}`,
		`{"date":"2025-02-03","store":1,"item":2,"region":null,"size":"1","promo":1e400}`,
		`{"date":"2025-02-03","store":1,"item":"2"}`, `{"date":"2025-02-03","store":1e0,"item":2.0,"model":"sales@champion"}`,
		`{"a":1,"a":2}`, `{"a":[[{"b":null}]]}`, "{\"a\":\"\xff\"}", `{"a":1}{}`, `[]`, ``, `{"\u0061":"\ud83d\ude00"}`, `{"a":`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decodeRequest(body)
		if err != nil {
			e, ok := errors.AsType[*apiError](err)
			if !ok || statusOf(e.code) != http.StatusBadRequest || len(e.fields) == 0 {
				t.Fatalf("%q: %v, want a fault with a code", body, err)
			}
			return
		}
		var want map[string]stdjson.RawMessage
		if err := stdjson.Unmarshal(body, &want); err != nil || len(want) != len(r.members) {
			t.Fatalf("%q: accepted %d members, encoding/json has %d (%v)", body, len(r.members), len(want), err)
		}
		for i := range r.members {
			raw, ok := want[r.members[i].name]
			if !ok {
				t.Fatalf("%q: encoding/json has no member %q", body, r.members[i].name)
			}
			got, isText := r.members[i].text()
			var text string
			if isText && (stdjson.Unmarshal(raw, &text) != nil || text != got) {
				t.Fatalf("%q: member %q is %q, encoding/json says %q", body, r.members[i].name, got, text)
			}
		}
		checkCovariates(t, r, rich)
		req, err := r.bind(b)
		if err != nil {
			if e, ok := errors.AsType[*apiError](err); !ok || len(e.fields) == 0 {
				t.Fatalf("%q: %v, want faults of fields", body, err)
			}
			return
		}
		again, err := decodeRequest([]byte(`{"date":"` + b.Spec.Freq.Format(req.Period) + `","store":` + req.IDs[0] + `,"item":"` + req.IDs[1] + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.bind(b); err != nil || !cmp.Equal(got, req) {
			t.Fatalf("%q: bound to %v, and that to %v (%v)", body, req, got, err)
		}
	})
}

func TestPreferredWait(t *testing.T) {
	t.Parallel()
	tests := []struct {
		headers []string
		want    int
	}{
		{nil, 0},
		{[]string{"wait=5"}, 5},
		{[]string{"respond-async, wait=10"}, 10},
		{[]string{"respond-async", "Wait = 10"}, 10},
		{[]string{`return=minimal; foo="a, wait=7", wait="9"; x=y`}, 9},
		{[]string{`x="a\", wait=7", wait=9`}, 9},
		{[]string{"wait=3, wait=9"}, 3},
		{[]string{"wait=31"}, 30},
		{[]string{"wait=0"}, 0},
		{[]string{"wait"}, 0},
		{[]string{"wait=-1"}, 0},
		{[]string{"wait=1.5"}, 0},
		{[]string{"wait=99999999999999999999"}, 30},
		{[]string{`await=3`, `x="wait=3`}, 0},
	}
	for _, tt := range tests {
		if got := preferredWait(tt.headers); got != tt.want {
			t.Errorf("preferredWait(%q) = %d, want %d", tt.headers, got, tt.want)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, given string
		kept        bool
	}{
		{"none", "", false},
		{"a word", "abc-123_~/:", true},
		{"the longest", strings.Repeat("x", 128), true},
		{"one longer", strings.Repeat("x", 129), false},
		{"a blank", "a b", false},
		{"a quote", `a"b`, false},
		{"a backslash", `a\b`, false},
		{"a line feed", "a\nb", false},
		{"an escape", "a\x1b[0m", false},
		{"not ASCII", "ä", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set(headerRequestID, tt.given)
			got := requestID(r)
			if (got == tt.given) != tt.kept || len(got) < 1 {
				t.Errorf("requestID(%q) = %q, want kept: %t", tt.given, got, tt.kept)
			}
		})
	}
}
