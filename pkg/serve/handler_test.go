package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

func job(ref, payload string) *jobs.Job {
	return &jobs.Job{Kind: "predict", Model: ref, Payload: []byte(payload)}
}

func TestHandlerFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	reg := &counted{Registry: model.Open(dir)}
	promote(t, reg.Registry, "sales", publish(t, reg.Registry, "sales", 0))
	broken := publish(t, reg.Registry, "sales", 1)
	damage(t, dir, "sales", broken)
	shops := publishWith(t, reg.Registry, "shops", 0, "shop", "article")
	handle := serve.NewHandler(newModels(t, reg))

	tests := []struct {
		name string
		job  *jobs.Job
		want jobs.Fault
	}{
		{"another kind", &jobs.Job{Kind: "bake", Payload: []byte(goodBody)}, jobs.Fault{Code: "unknown_kind", Message: `This server does not know jobs of the kind "bake"`}},
		{"a version that is gone", job("@20200101T000000Z-00000000", goodBody), jobs.Fault{Code: "model_gone", Message: `The model "@20200101T000000Z-00000000" is not there any more`}},
		{"an alias of nothing", job("sales@challenger", goodBody), jobs.Fault{Code: "model_gone", Message: `The model "sales@challenger" is not there any more`}},
		{"a damaged version", job("@"+broken, goodBody), jobs.Fault{Code: "model_refused", Message: `The model "@` + broken + `" cannot be used`}},
		{"no reference", job("a@b@c", goodBody), jobs.Fault{Code: "bad_model", Message: `The model "a@b@c" does not name one version`}},
		{"no JSON", job("", "{"), jobs.Fault{Code: "invalid_json", Message: "No data provided or invalid JSON"}},
		{"a bad id", job("", `{"date":"2025-02-03","store":0,"item":2}`), jobs.Fault{Code: "bad_id", Message: "Store must be a positive integer"}},
		{"a bundle with other ids", job("shops@"+shops, goodBody), jobs.Fault{Code: "missing_fields", Message: "Missing required fields: shop, article"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := handle(t.Context(), []*jobs.Job{job("", goodBody), tt.job, job("", goodBody)})
			if diff := cmp.Diff(&tt.want, out[1].Fault); diff != "" || out[1].Result != nil {
				t.Errorf("fault (-want +got), result %s:\n%s", out[1].Result, diff)
			}
			if out[0].Fault != nil || out[2].Fault != nil {
				t.Errorf("the good jobs beside it: %v, %v", out[0].Fault, out[2].Fault)
			}
		})
	}
}

func TestHandlerTriesAgain(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	id := publish(t, reg.Registry, "sales", 0)
	empty := newModels(t, reg)
	promote(t, reg.Registry, "sales", id)
	loaded := newModels(t, reg)
	reg.failing.Store(true)

	tests := []struct {
		name     string
		models   *serve.Models
		ref      string
		wantCode string
	}{
		{"no model yet", empty, "", "no_model"},
		{"a disk that fails", loaded, "@previous", "model_unavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for i, out := range serve.NewHandler(tt.models)(t.Context(), []*jobs.Job{job(tt.ref, goodBody), job(tt.ref, goodBody)}) {
				if f := out.Fault; f == nil || f.Code != tt.wantCode || !f.Temporary || out.Result != nil {
					t.Errorf("job %d: fault %+v, result %s, want a temporary %s", i, f, out.Result, tt.wantCode)
				}
			}
		})
	}
}

func TestHandlerWithSettingsThatDoNotFit(t *testing.T) {
	t.Parallel()
	reg := model.Open(t.TempDir())
	id := publish(t, reg, "sales", 0)
	m := serve.NewModels(reg, serve.ModelsConfig{Name: "sales", Now: noon}) // without levels and horizon
	out := serve.NewHandler(m)(t.Context(), []*jobs.Job{job("@"+id, goodBody)})
	if f := out[0].Fault; f == nil || f.Code != "model_refused" || f.Temporary {
		t.Errorf("fault %+v, want model_refused", f)
	}
}

// asked is a job and what must become of it.
type asked struct {
	job  *jobs.Job
	want string // the result; "" for a fault
}

// TestAnswerBelongsToJob is the promise that outcome i is the answer to job i, whatever else is in
// the batch: other models, other versions, jobs that fail.
func TestAnswerBelongsToJob(t *testing.T) {
	t.Parallel()
	reg := &counted{Registry: model.Open(t.TempDir())}
	first, second := publish(t, reg.Registry, "sales", 0), publish(t, reg.Registry, "sales", 1)
	promote(t, reg.Registry, "sales", first)
	promote(t, reg.Registry, "sales", second)
	shops := publishWith(t, reg.Registry, "shops", 2, "shop", "article")
	models := newModels(t, reg)
	handle := serve.NewHandler(models)
	sales, wrong := `{"date":"%s","store":%d,"item":%d}`, `{"day":"%s","store":%d,"item":%d}`
	kinds := []struct{ ref, body, means string }{
		{"", sales, "sales@" + second},
		{"sales", sales, "sales@" + second},
		{"@previous", sales, "sales@" + first},
		{"sales@" + first, sales, "sales@" + first},
		{"shops@" + shops, `{"date":"%s","shop":%d,"article":%d}`, "shops@" + shops},
		{"", wrong, ""},
		{"@challenger", sales, ""},
	}
	rapid.Check(t, func(t *rapid.T) {
		batch := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) asked {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			r := forecast.Request{Period: day(2025, 1, 1) + calendar.Period(rapid.IntRange(0, 99).Draw(t, "day"))}
			store, item := rapid.IntRange(1, 9).Draw(t, "store"), rapid.IntRange(1, 9).Draw(t, "item")
			r.IDs = []string{strconv.Itoa(store), strconv.Itoa(item)}
			a := asked{job: job(kind.ref, fmt.Sprintf(kind.body, calendar.Day.Format(r.Period), store, item))}
			if kind.means != "" {
				a.want = directly(t, models, kind.means, r)
			}
			return a
		}), 1, 30).Draw(t, "batch")
		in := make([]*jobs.Job, len(batch))
		for i, a := range batch {
			in[i] = a.job
		}
		out := handle(context.Background(), in)
		if len(out) != len(in) {
			t.Fatalf("%d outcomes for %d jobs", len(out), len(in))
		}
		for i, a := range batch {
			if string(out[i].Result) != a.want || (out[i].Fault != nil) != (a.want == "") {
				t.Fatalf("job %d %s for %q: %s (%v), want %s", i, a.job.Payload, a.job.Model, out[i].Result, out[i].Fault, a.want)
			}
		}
	})
}

// directly returns the row of one request that a version alone is asked for.
func directly(t *rapid.T, m *serve.Models, ref string, r forecast.Request) string {
	l, err := m.Find(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	row, err := answer(context.Background(), l.Forecaster, r)
	if err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if err := forecast.WriteJSONL(&line, l.Bundle.Spec.IDs, forecast.Default().Levels, []forecast.Row{row}); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
}

// TestAliasMeansWhatItMeansAtTheRun is the promise that a job which waited is answered by the
// champion of the moment it runs.
func TestAliasMeansWhatItMeansAtTheRun(t *testing.T) {
	t.Parallel()
	f := follow(t, forecast.Default())
	first, second := publish(f, f.reg.Registry, "sales", 0), publish(f, f.reg.Registry, "sales", 1)
	handle := serve.NewHandler(f.models)
	waiting := job("", goodBody)
	for _, id := range []string{first, second} {
		promote(f, f.reg.Registry, "sales", id)
		f.look()
		out := handle(t.Context(), []*jobs.Job{waiting})
		if want := `"model_version":"` + id + `"}`; !bytes.HasSuffix(out[0].Result, []byte(want)) {
			t.Errorf("result %s, want %s", out[0].Result, want)
		}
	}
}

func BenchmarkHandler(b *testing.B) {
	reg := &counted{Registry: model.Open(b.TempDir())}
	promote(b, reg.Registry, "sales", publish(b, reg.Registry, "sales", 0))
	handle := serve.NewHandler(newModels(b, reg))
	for _, n := range []int{1, 256} {
		batch := make([]*jobs.Job, n)
		for i := range batch {
			batch[i] = job("", goodBody)
		}
		b.Run(fmt.Sprintf("jobs=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if out := handle(b.Context(), batch); out[0].Fault != nil {
					b.Fatal(out[0].Fault)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
