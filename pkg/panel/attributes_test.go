package panel_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

const attributeSales = "date,store,item,sales,promo,size\n" +
	"2024-01-01,1,1,5,a,L\n2024-01-02,1,1,6,b,L\n2024-01-01,1,2,7,a,S\n2024-01-01,2,1,8,a,M\n"

// readAttributes reads attributeSales with files of these texts.
func readAttributes(tb testing.TB, change func(*panel.Config), texts ...string) (*panel.Panel, error) {
	tb.Helper()
	cfg := with(change)
	dir := tb.TempDir()
	for i, text := range texts {
		path := filepath.Join(dir, string(rune('a'+i))+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
		cfg.Attributes = append(cfg.Attributes, path)
	}
	return panel.ReadFrom(tb.Context(), strings.NewReader(attributeSales), "f.csv", cfg)
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	asItIs := func(*panel.Config) {}
	tests := []struct {
		name   string
		change func(*panel.Config)
		files  []string
		want   [3]string // of the series 1/1, 1/2 and 2/1
	}{
		{"by one id", asItIs, []string{"city,Store,area\nBern,1,80.5\nBasel,2,\n"}, [3]string{"city=Bern area=80.5", "city=Bern area=80.5", "city=Basel area=?"}},
		{"by the other id", asItIs, []string{"item;class\n2;food\n1;drink\n"}, [3]string{"class=drink", "class=food", "class=drink"}},
		{"by both ids", asItIs, []string{"item,store,rank\n1,2,3\n2,1,2\n1,1,1\n"}, [3]string{"rank=1", "rank=2", "rank=3"}},
		{
			"two files", asItIs,
			[]string{"store,city\n1,Bern\n2,Basel\n", "item,class\n1,drink\n2,food\n"},
			[3]string{"city=Bern class=drink", "city=Bern class=food", "city=Basel class=drink"},
		},
		{"another delimiter", func(c *panel.Config) { c.Delimiter = "," }, []string{"store,a;b;c;d\n1,x\n2,y\n"}, [3]string{"a;b;c;d=x", "a;b;c;d=x", "a;b;c;d=y"}},
		{
			"static columns of both", func(c *panel.Config) { c.Static, c.KnownFuture = []string{"size", "city"}, []string{"promo"} },
			[]string{"store,city,area\n1,Bern,80\n2,Basel,90\n"},
			[3]string{"size=L city=Bern promo=a", "size=S city=Bern promo=a", "size=M city=Basel promo=a"},
		},
		{
			"named ones in two files", func(c *panel.Config) { c.Static = []string{"class", "city"} },
			[]string{"store,city,x\n1,Bern,\n2,Basel,\n", "item,class,x\n1,drink,\n2,food,\n"},
			[3]string{"city=Bern class=drink", "city=Bern class=food", "city=Basel class=drink"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := readAttributes(t, tt.change, tt.files...)
			if err != nil {
				t.Fatal(err)
			}
			checkPanel(t, p)
			got := full(p)
			for s, want := range tt.want {
				_, covariates, _ := strings.Cut(got[p.Offset[s]], "#")
				_, covariates, _ = strings.Cut(covariates, " ")
				if covariates != want {
					t.Errorf("series %d has %s, want %s", s, covariates, want)
				}
			}
		})
	}
}

func TestAttributesWarn(t *testing.T) {
	t.Parallel()
	p, err := readAttributes(t, func(*panel.Config) {}, "store,city\n3,Geneva\n\n1,Bern\n4,Lugano\n")
	if err != nil {
		t.Fatal(err)
	}
	folder := regexp.MustCompile(`\S*/`)
	for i := range p.Warnings { // the path is of the test
		w := &p.Warnings[i]
		w.Message = folder.ReplaceAllString(w.Message, "")
		for k, place := range w.Places {
			w.Places[k] = folder.ReplaceAllString(place, "")
		}
	}
	want := []table.Warning{
		{Code: panel.WarnAttributes, Count: 1, Message: "series without a row in a.csv have missing values", Places: []string{"store 2, item 1"}},
		{Code: table.WarnBlankLines, Count: 1, Message: "blank lines are skipped", Places: []string{"a.csv line 3"}},
		{Code: panel.WarnAttributes, Count: 2, Message: "rows of attributes are of no series", Places: []string{"a.csv line 2", "a.csv line 5"}},
	}
	if diff := cmp.Diff(want, p.Warnings[len(p.Warnings)-3:]); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if got := p.Covariates[0].Text(2); got != "" {
		t.Errorf("store 2 has %q, want a missing value", got)
	}
}

func TestAttributesRefuse(t *testing.T) {
	t.Parallel()
	asItIs := func(*panel.Config) {}
	tests := []struct {
		name   string
		change func(*panel.Config)
		files  []string
		want   string // the end of the error, behind the file
	}{
		{
			"an id twice", asItIs,
			[]string{"store,city\n1,Bern\n2,Basel\n1,Bienne\n"},
			"a.csv: line 4: store 1: already on line 2; a file of attributes has one row for it",
		},
		{"no id", asItIs, []string{"shop,city\n1,Bern\n"}, `a.csv: no column "store"; the header has "shop", "city"`},
		{"ids alone", asItIs, []string{"store,item\n1,1\n"}, "a.csv: no static column beside the ids"},
		{"other ids", asItIs, []string{"store,city\n01,Bern\n02,Basel\n"}, "a.csv: no row is of a series of the sales"},
		{"a column of the sales", asItIs, []string{"store,promo\n1,x\n2,y\n"}, `a.csv: the column "promo" is in another file, too`},
		{
			"a column of the sales in another case", func(c *panel.Config) { c.Static = []string{"size"} },
			[]string{"store,SIZE,city\n1,x,x\n2,y,y\n"},
			`a.csv: the column "SIZE" is in another file, too`,
		},
		{"a column of two files", asItIs, []string{"store,city\n1,x\n2,y\n", "item,city\n1,x\n2,y\n"}, `b.csv: the column "city" is in another file, too`},
		{
			"a name that is nowhere", func(c *panel.Config) { c.Static = []string{"town", "city"} },
			[]string{"store,city\n1,x\n2,y\n"},
			`a.csv: no column "town"; the header has "store", "city"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := readAttributes(t, tt.change, tt.files...)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error = %v\nwant %s", err, tt.want)
			}
		})
	}
	cfg := with(func(c *panel.Config) { c.Attributes = []string{filepath.Join(t.TempDir(), "none.csv")} })
	_, err := panel.ReadFrom(t.Context(), strings.NewReader(attributeSales), "f.csv", cfg)
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "read attributes: open ") {
		t.Errorf("error = %v, want one of reading attributes that is os.ErrNotExist", err)
	}
}

func TestAttributesOfParquet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := columnar.Write(&b, []columnar.Column{
		{Name: "store", Kind: columnar.Int, Ints: []int64{2, 1}},
		{Name: "area", Kind: columnar.Float, Floats: []float64{80, nan()}},
	}); err != nil {
		t.Fatal(err)
	}
	p, err := readAttributes(t, func(*panel.Config) {}, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "", "80"}, []string{p.Covariates[0].Text(0), p.Covariates[0].Text(1), p.Covariates[0].Text(2)}); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}
