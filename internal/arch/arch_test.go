package arch_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// root is the module's root as seen from this package.
const root = "../.."

// module is the module path: what an import of a room starts with.
const module = "github.com/salesctl/salesctl"

// every in a room's imports stands for all rooms.
const every = "every room"

// rooms is the table of CONTRIBUTING.md: each room that may hold Go code, with the rooms it
// may import. Every room may also import the helpers under internal/, which import no room.
var rooms = map[string][]string{
	"cmd/salesctl":         {every},
	"pkg/calendar":         {},
	"pkg/table":            {"pkg/calendar"},
	"pkg/holidays":         {"pkg/calendar", "pkg/table"},
	"pkg/panel":            {"pkg/calendar", "pkg/table"},
	"pkg/quality":          {"pkg/calendar", "pkg/table", "pkg/panel"},
	"pkg/score":            {},
	"pkg/trees":            {},
	"pkg/baseline":         {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/score"},
	"pkg/features":         {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/holidays", "pkg/baseline"},
	"pkg/model":            {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/baseline", "pkg/features", "pkg/trees", "pkg/score"},
	"pkg/train":            {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/baseline", "pkg/features", "pkg/trees", "pkg/model", "pkg/score"},
	"pkg/forecast":         {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/baseline", "pkg/features", "pkg/trees", "pkg/model"},
	"pkg/backtest":         {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/baseline", "pkg/features", "pkg/model", "pkg/train", "pkg/forecast", "pkg/score"},
	"pkg/jobs":             {},
	"pkg/jobs/sqlitestore": {"pkg/jobs"},
	"pkg/jobs/redisstore":  {"pkg/jobs"},
	"pkg/jobs/pgstore":     {"pkg/jobs"},
	"pkg/jobs/jobstest":    {"pkg/jobs"},
	"pkg/report":           {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/score"},
	"pkg/auth":             {},
	"pkg/client":           {},
	"pkg/serve":            {"pkg/calendar", "pkg/table", "pkg/panel", "pkg/model", "pkg/forecast", "pkg/jobs", "pkg/auth", "pkg/score"},
	"web":                  {},
	"scripts":              {},
	"bench":                {},
}

// testOnly are the packages that only test files may import, with the rooms they may import.
var testOnly = map[string][]string{
	"internal/testpanel": {"pkg/calendar", "pkg/panel"},
	"pkg/jobs/jobstest":  {"pkg/jobs"},
}

// engines are third-party modules that one place keeps to itself: a single file, or a folder
// with everything below it. Test files beside that file may use the engine too, as a second
// opinion.
var engines = map[string]string{
	"github.com/go-gota/gota":     "pkg/panel/gota.go",
	"github.com/dmitryikh/leaves": "pkg/trees/leaves.go",
	"github.com/rickar/cal":       "pkg/holidays/countries.go",
	"github.com/spf13/cobra":      "cmd/",
	"github.com/spf13/viper":      "cmd/",
	"modernc.org/sqlite":          "pkg/jobs/sqlitestore/",
}

func TestHouse(t *testing.T) {
	t.Parallel()
	got, err := findings(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range got {
		t.Error(finding)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		add  map[string]string // files beside those of house; an empty text removes the file
		want []string
	}{
		{name: "a clean house"},
		{
			name: "an allowed import",
			add:  map[string]string{"pkg/baseline/fit.go": imports("pkg/panel", "pkg/score")},
		},
		{
			name: "a room imports one it may not",
			add:  map[string]string{"pkg/panel/read.go": imports("pkg/score")},
			want: []string{"pkg/panel/read.go:3: pkg/panel may not import pkg/score"},
		},
		{
			name: "so does its test",
			add:  map[string]string{"pkg/panel/read_test.go": imports("pkg/score")},
			want: []string{"pkg/panel/read_test.go:3: pkg/panel may not import pkg/score"},
		},
		{
			name: "a black-box test imports its own room",
			add:  map[string]string{"pkg/panel/read_test.go": imports("pkg/panel")},
		},
		{
			name: "a room imports the command",
			add:  map[string]string{"pkg/baseline/fit.go": imports("cmd/salesctl")},
			want: []string{"pkg/baseline/fit.go:3: pkg/baseline may not import cmd/salesctl"},
		},
		{
			name: "the command imports everything",
			add:  map[string]string{"cmd/salesctl/verbs.go": imports("pkg/panel", "pkg/score", "pkg/baseline", "internal/hint")},
		},
		{
			name: "a build tag hides nothing",
			add:  map[string]string{"pkg/panel/odd.go": "//go:build plan9\n\n" + imports("pkg/score")},
			want: []string{"pkg/panel/odd.go:5: pkg/panel may not import pkg/score"},
		},
		{
			name: "a helper imports a room",
			add:  map[string]string{"internal/hint/hint.go": imports("pkg/panel")},
			want: []string{"internal/hint/hint.go:3: internal/hint may not import pkg/panel"},
		},
		{
			name: "a helper imports a helper",
			add:  map[string]string{"internal/fold/fold.go": imports("internal/hint")},
		},
		{
			name: "the test panel in a test",
			add: map[string]string{
				"internal/testpanel/testpanel.go": imports("pkg/panel"),
				"pkg/baseline/fit_test.go":        imports("internal/testpanel"),
			},
		},
		{
			name: "the test panel outside a test",
			add:  map[string]string{"pkg/baseline/fit.go": imports("internal/testpanel")},
			want: []string{"pkg/baseline/fit.go:3: internal/testpanel is for tests only"},
		},
		{
			name: "the test panel imports more than the panel",
			add:  map[string]string{"internal/testpanel/testpanel.go": imports("pkg/score")},
			want: []string{"internal/testpanel/testpanel.go:3: internal/testpanel may not import pkg/score"},
		},
		{
			name: "a room that is not in the table",
			add:  map[string]string{"pkg/sales/sales.go": imports()},
			want: []string{"pkg/sales: not a room: give it a row in internal/arch and CONTRIBUTING.md, or move its code"},
		},
		{
			name: "code in a folder of data",
			add:  map[string]string{"configs/embed.go": imports()},
			want: []string{"configs: not a room: give it a row in internal/arch and CONTRIBUTING.md, or move its code"},
		},
		{
			name: "code at the root",
			add:  map[string]string{"main.go": imports()},
			want: []string{".: not a room: give it a row in internal/arch and CONTRIBUTING.md, or move its code"},
		},
		{
			name: "other modules, hidden folders and test data are not looked at",
			add: map[string]string{
				"bench/peer/go.mod":         "module peer\n",
				"bench/peer/main.go":        imports("pkg/panel"),
				".tools/x/x.go":             imports("pkg/panel"),
				"pkg/panel/testdata/bad.go": imports("pkg/score"),
			},
		},
		{
			name: "engines at home",
			add: map[string]string{
				"pkg/panel/gota.go":           text("github.com/go-gota/gota/dataframe"),
				"pkg/panel/peer_test.go":      text("github.com/go-gota/gota/series"),
				"cmd/salesctl/train.go":       text("github.com/spf13/cobra"),
				"cmd/salesctl/train_test.go":  text("github.com/spf13/viper"),
				"pkg/panel/not_an_engine.go":  text("github.com/spf13/cobrawhile"),
				"pkg/panel/not_an_engine2.go": text("github.com/go-gota/gotamore"),
			},
		},
		{
			name: "engines elsewhere",
			add: map[string]string{
				"pkg/panel/read.go":      text("github.com/go-gota/gota/dataframe"),
				"pkg/score/mape.go":      text("github.com/dmitryikh/leaves"),
				"pkg/score/mape_test.go": text("github.com/dmitryikh/leaves"),
				"pkg/score/flag.go":      text("github.com/spf13/cobra"),
			},
			want: []string{
				"pkg/panel/read.go:3: github.com/go-gota/gota stays in pkg/panel/gota.go",
				"pkg/score/flag.go:3: github.com/spf13/cobra stays in cmd/",
				"pkg/score/mape.go:3: github.com/dmitryikh/leaves stays in pkg/trees/leaves.go",
				"pkg/score/mape_test.go:3: github.com/dmitryikh/leaves stays in pkg/trees/leaves.go",
			},
		},
		{
			name: "a room without its files",
			add: map[string]string{
				"pkg/score/doc.go": "", "pkg/score/example_test.go": "", "pkg/score/testdata/cases.csv": "",
			},
			want: []string{
				"pkg/score: no doc.go with a package comment",
				"pkg/score: no example_test.go with an Example that has an // Output:",
				"pkg/score: no testdata/",
			},
		},
		{
			name: "files that only look right",
			add: map[string]string{
				"pkg/score/doc.go":          "package score\n",
				"pkg/score/example_test.go": "package score_test\n\nfunc Example() {}\n",
			},
			want: []string{
				"pkg/score: no doc.go with a package comment",
				"pkg/score: no example_test.go with an Example that has an // Output:",
			},
		},
		{
			name: "a planned room with nothing but its comment",
			add:  map[string]string{"pkg/serve/doc.go": "// Package serve is planned.\npackage serve\n"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := findings(house(tt.add))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindingsOfBrokenCode(t *testing.T) {
	t.Parallel()
	if got, err := findings(house(map[string]string{"pkg/panel/bad.go": "package"})); err == nil {
		t.Errorf("findings = %v, want an error: a file that does not parse was not checked", got)
	}
}

// house makes a module of three rooms without a fault, then lays add over it.
func house(add map[string]string) fstest.MapFS {
	files := map[string]string{
		"go.mod":                "module " + module + "\n",
		"cmd/salesctl/main.go":  "package main\n",
		"internal/hint/hint.go": "package hint\n",
	}
	for _, room := range []string{"panel", "score", "baseline"} {
		dir := "pkg/" + room + "/"
		files[dir+"doc.go"] = "// Package " + room + " is for tests.\npackage " + room + "\n"
		files[dir+room+".go"] = "package " + room + "\n"
		files[dir+"example_test.go"] = "package " + room + "_test\n\nfunc Example() {\n\t// Output: 1\n}\n"
		files[dir+"testdata/cases.csv"] = "a,b\n"
	}
	fsys := make(fstest.MapFS)
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	for name, data := range add {
		if data == "" {
			delete(fsys, name)
			continue
		}
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

// imports is a Go file that imports the given folders of the module from line 3 on.
func imports(dirs ...string) string {
	paths := make([]string, len(dirs))
	for i, dir := range dirs {
		paths[i] = module + "/" + dir
	}
	return text(paths...)
}

// text is a Go file that imports the given paths from line 3 on, a line each.
func text(paths ...string) string {
	var b strings.Builder
	b.WriteString("package x\n\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	return b.String()
}
