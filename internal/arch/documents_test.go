package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	linkPattern   = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	codePattern   = regexp.MustCompile("(?s)```.*?```|`[^`]+`")
	makePattern   = regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z-]*)")
	targetPattern = regexp.MustCompile(`(?m)^([a-z][a-z-]*):.*## `)
	namePattern   = regexp.MustCompile("`\\(?\\*?([a-z]+\\.[A-Z]\\w*(?:\\)?\\.[A-Z]\\w*)?)")
	rowPattern    = regexp.MustCompile("(?m)^\\| (`.*`) \\|.*\\| ([^|]*) \\|$")
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	got, err := documentFindings(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range got {
		t.Error(finding)
	}
}

// TestRoomsTable compares the table that people read with the one that is checked.
func TestRoomsTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(path.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	got := roomsTable(string(page))
	for room, want := range rooms {
		want = slices.Sorted(slices.Values(want))
		if diff := cmp.Diff(want, got[room]); diff != "" {
			t.Errorf("CONTRIBUTING.md: imports of %s (-internal/arch +CONTRIBUTING.md):\n%s", room, diff)
		}
		delete(got, room)
	}
	for room := range got {
		t.Errorf("CONTRIBUTING.md: %s is not in internal/arch", room)
	}
}

func TestRoomsTableIsRead(t *testing.T) {
	t.Parallel()
	page := "| Room | Holds | Never | Imports |\n|---|---|---|---|\n" +
		"| `cmd/salesctl/` | verbs | sums | every room |\n" +
		"| `pkg/a/`, `pkg/b/` | x | y | score, panel |\n" +
		"| `web/` | x | y | - |\n"
	want := map[string][]string{
		"cmd/salesctl": {every},
		"pkg/a":        {"pkg/panel", "pkg/score"},
		"pkg/b":        {"pkg/panel", "pkg/score"},
		"web":          nil,
	}
	if diff := cmp.Diff(want, roomsTable(page)); diff != "" {
		t.Errorf("roomsTable (-want +got):\n%s", diff)
	}
}

func TestDocumentFindings(t *testing.T) {
	t.Parallel()
	fsys := house(map[string]string{
		"Makefile":          "test: build ## run\n",
		"pkg/panel/read.go": "package panel\n\ntype Panel struct{ Y []float64 }\n\nfunc Read() {}\n\nfunc (p *Panel) Len() int { return 0 }\n",
		"docs/good.md": "[a](../README.md) [b](../pkg/panel/read.go#L3) [c](https://x.org/y) [d](#here)\n" +
			"`panel.Read`, `panel.Panel.Y`, `(*panel.Panel).Len`, `panel.Read(ctx)`, `jobs.Store`, `make test`\n\nmake sure\n",
		"README.md":               "[a](docs/gone.md#x) and `make tea`\n```sh\nmake coffee\n```\n`panel.Reed` `panel.Panel.Cap`\n",
		"pkg/panel/testdata/x.md": "[a](gone.md)\n",
	})
	want := []string{
		"README.md: link to docs/gone.md: no such file",
		"README.md: make coffee: no such target",
		"README.md: make tea: no such target",
		"README.md: panel.Panel.Cap: no such name",
		"README.md: panel.Reed: no such name",
	}
	got, err := documentFindings(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documentFindings (-want +got):\n%s", diff)
	}
}

// roomsTable reads the rows of the rooms table: room to imports, sorted, nil where there are
// none.
func roomsTable(page string) map[string][]string {
	table := make(map[string][]string)
	for _, row := range rowPattern.FindAllStringSubmatch(page, -1) {
		var imports []string
		for name := range strings.SplitSeq(row[2], ", ") {
			switch name {
			case "-":
			case every:
				imports = append(imports, every)
			default:
				imports = append(imports, "pkg/"+name)
			}
		}
		slices.Sort(imports)
		for room := range strings.SplitSeq(row[1], ", ") {
			table[strings.Trim(room, "`/")] = imports
		}
	}
	return table
}

// documentFindings returns one line, sorted, for each thing that a Markdown file of the
// module names and that is not there: files that are linked to, make targets, and exported
// names of rooms that hold code, written as `panel.Read` or `model.Registry.Put`.
func documentFindings(fsys fs.FS) ([]string, error) {
	makefile, err := fs.ReadFile(fsys, "Makefile")
	if err != nil {
		return nil, err
	}
	var targets []string
	for _, match := range targetPattern.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, match[1])
	}
	names, err := exportedNames(fsys)
	if err != nil {
		return nil, err
	}
	var found []string
	err = walk(fsys, ".md", func(name string) error {
		page, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		report := func(format string, args ...any) {
			found = append(found, name+": "+fmt.Sprintf(format, args...))
		}
		for _, match := range linkPattern.FindAllStringSubmatch(string(page), -1) {
			if strings.Contains(match[1], ":") {
				continue
			}
			if _, err := fs.Stat(fsys, path.Join(path.Dir(name), match[1])); err != nil {
				report("link to %s: no such file", match[1])
			}
		}
		code := strings.Join(codePattern.FindAllString(string(page), -1), "\n")
		for _, match := range makePattern.FindAllStringSubmatch(code, -1) {
			if !slices.Contains(targets, match[1]) {
				report("make %s: no such target", match[1])
			}
		}
		for _, match := range namePattern.FindAllStringSubmatch(code, -1) {
			exported := strings.ReplaceAll(match[1], ")", "")
			room, _, _ := strings.Cut(exported, ".")
			if names[room] && !names[exported] {
				report("%s: no such name", exported)
			}
		}
		return nil
	})
	slices.Sort(found)
	return slices.Compact(found), err
}

// exportedNames holds every room under pkg that has code, its exported names as room.Name,
// and its methods and fields as room.Type.Name.
func exportedNames(fsys fs.FS) (map[string]bool, error) {
	names := make(map[string]bool)
	err := walk(fsys, ".go", func(name string) error {
		if !strings.HasPrefix(name, "pkg/") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := file.Name.Name
		names[room] = true
		for _, decl := range file.Decls {
			for _, declared := range declaredNames(decl) {
				names[room+"."+declared] = true
			}
		}
		return nil
	})
	return names, err
}

// declaredNames returns what a top-level declaration declares: Name, Type.Method, Type.Field.
func declaredNames(decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			return []string{decl.Name.Name}
		}
		return []string{receiver(decl.Recv.List[0].Type) + "." + decl.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, spec := range decl.Specs {
			names = append(names, specNames(spec)...)
		}
		return names
	}
	return nil
}

func specNames(spec ast.Spec) []string {
	var names []string
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, ident := range spec.Names {
			names = append(names, ident.Name)
		}
	case *ast.TypeSpec:
		names = append(names, spec.Name.Name)
		for _, member := range members(spec.Type) {
			for _, ident := range member.Names {
				names = append(names, spec.Name.Name+"."+ident.Name)
			}
		}
	}
	return names
}

// members returns the fields of a struct or the methods of an interface.
func members(expr ast.Expr) []*ast.Field {
	switch typ := expr.(type) {
	case *ast.StructType:
		return typ.Fields.List
	case *ast.InterfaceType:
		return typ.Methods.List
	}
	return nil
}

// receiver returns the type's name in a receiver such as *T or *T[K].
func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.Ident:
		return expr.Name
	}
	return ""
}
