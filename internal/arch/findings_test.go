package arch_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// folder is what the check knows of one folder that holds Go files.
type folder struct {
	dir        string
	hasCode    bool // a file that is neither a test nor doc.go
	hasComment bool // doc.go carries the package comment
	hasExample bool // example_test.go has an Example whose output is compared
}

// findings parses every Go file of fsys and returns one line for each rule that is broken,
// sorted; nil when the house is in order. A file that does not parse is an error.
func findings(fsys fs.FS) ([]string, error) {
	var found []string
	folders := make(map[string]*folder)
	err := walk(fsys, ".go", func(name string) error {
		dir := path.Dir(name)
		if folders[dir] == nil {
			folders[dir] = &folder{dir: dir}
		}
		broken, err := folders[dir].add(fsys, name)
		found = append(found, broken...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		found = append(found, folders[dir].lacks(fsys)...)
	}
	slices.Sort(found)
	return found, nil
}

// walk calls visit for each file of the module with that extension, in order. Test data,
// hidden folders and other modules are not the module's.
func walk(fsys fs.FS, ext string, visit func(name string) error) error {
	return fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil || name == ".":
			return err
		case !entry.IsDir() && path.Ext(name) == ext:
			return visit(name)
		case !entry.IsDir():
			return nil
		case base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_"):
			return fs.SkipDir
		}
		if _, err := fs.Stat(fsys, path.Join(name, "go.mod")); err == nil {
			return fs.SkipDir
		}
		return nil
	})
}

// add notes what the file tells of its folder and returns the imports it should not have.
func (f *folder) add(fsys fs.FS, name string) ([]string, error) {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	switch base := path.Base(name); {
	case base == "doc.go":
		f.hasComment = file.Doc != nil
	case base == "example_test.go":
		f.hasExample = slices.ContainsFunc(doc.Examples(file), func(e *doc.Example) bool { return e.Output != "" })
	case !strings.HasSuffix(base, "_test.go"):
		f.hasCode = true
	}
	var broken []string
	for _, spec := range file.Imports {
		if why := f.forbids(name, spec); why != "" {
			broken = append(broken, fmt.Sprintf("%s:%d: %s", name, fset.Position(spec.Pos()).Line, why))
		}
	}
	return broken, nil
}

// forbids says why the file may not have that import, or "".
func (f *folder) forbids(name string, spec *ast.ImportSpec) string {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return err.Error()
	}
	if dir, ok := strings.CutPrefix(imported, module+"/"); ok {
		return f.forbidsRoom(name, dir)
	}
	for engine, home := range engines {
		if imported != engine && !strings.HasPrefix(imported, engine+"/") {
			continue
		}
		inFile := name == home || strings.HasSuffix(name, "_test.go") && f.dir == path.Dir(home)
		inFolder := strings.HasSuffix(home, "/") && strings.HasPrefix(name, home)
		if !inFile && !inFolder {
			return engine + " stays in " + home
		}
	}
	return ""
}

func (f *folder) forbidsRoom(name, dir string) string {
	allowed, isRoom := rooms[f.dir]
	if !isRoom {
		allowed = testOnly[f.dir]
	}
	_, forTests := testOnly[dir]
	switch isTest := strings.HasSuffix(name, "_test.go"); {
	case dir == f.dir:
		return ""
	case forTests && !isTest:
		return dir + " is for tests only"
	case forTests, strings.HasPrefix(dir, "internal/"):
		return ""
	case slices.Contains(allowed, every), slices.Contains(allowed, dir):
		return ""
	}
	return f.dir + " may not import " + dir
}

// lacks says what is wrong with the folder as a whole: that it is no room, or that a room
// with code does not have the files every room has.
func (f *folder) lacks(fsys fs.FS) []string {
	if _, ok := rooms[f.dir]; !ok && !strings.HasPrefix(f.dir, "internal/") {
		return []string{f.dir + ": not a room: give it a row in internal/arch and CONTRIBUTING.md, or move its code"}
	}
	if !f.hasCode || !strings.HasPrefix(f.dir, "pkg/") {
		return nil
	}
	var missing []string
	if !f.hasComment {
		missing = append(missing, f.dir+": no doc.go with a package comment")
	}
	if !f.hasExample {
		missing = append(missing, f.dir+": no example_test.go with an Example that has an // Output:")
	}
	if entries, err := fs.ReadDir(fsys, path.Join(f.dir, "testdata")); err != nil || len(entries) == 0 {
		missing = append(missing, f.dir+": no testdata/")
	}
	return missing
}
