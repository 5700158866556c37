package model_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/trees"
)

// big is content with the trees repeated until there are n.
func big(tb testing.TB, n int) *model.Content {
	tb.Helper()
	c := content(tb, 0)
	head, rest, _ := bytes.Cut(c.Trees, []byte("\ntree_sizes="))
	_, rest, _ = bytes.Cut(rest, []byte("\n\nTree=0\n"))
	block, tail, _ := bytes.Cut(rest, []byte("Tree=1\n"))
	_, tail, _ = bytes.Cut(tail, []byte("end of trees"))
	var sizes, body bytes.Buffer
	for i := range n {
		start := body.Len()
		fmt.Fprintf(&body, "Tree=%d\n%s", i, block)
		fmt.Fprintf(&sizes, " %d", body.Len()-start)
	}
	c.Trees = fmt.Appendf(nil, "%s\ntree_sizes=%s\n\n%send of trees%s", head, sizes.Bytes()[1:], body.Bytes(), tail)
	t, err := trees.Parse(c.Trees)
	if err != nil {
		tb.Fatal(err)
	}
	for i, row := range c.Golden.Rows {
		t.Raw(c.Golden.Raw[i:i+1], row)
	}
	return c
}

// BenchmarkLoad loads a bundle with 5 MB of trees; the difference to BenchmarkParse is what the
// bundle costs.
func BenchmarkLoad(b *testing.B) {
	r := model.Open(b.TempDir())
	v := put(b, r, big(b, 6000), noon())
	for name, check := range map[string]model.Check{"sums": model.CheckSums, "golden": model.CheckGolden} {
		b.Run("check="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Load("sales", v.ID, check); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	c := big(b, 6000)
	b.SetBytes(int64(len(c.Trees)))
	for b.Loop() {
		if _, err := trees.Parse(c.Trees); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	r := model.Open(b.TempDir())
	c := content(b, 0)
	now := noon()
	for b.Loop() {
		now = now.Add(time.Second)
		put(b, r, c, now)
	}
}
