package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// sourceTests gives every key a valid value from each source. Values are JSON; file is what
// stands behind the key in YAML, env and flag are text.
var sourceTests = []struct {
	key              string
	file, wantFile   string
	env, wantEnv     string
	flag, wantFlag   string
	wantDefault      string
	flagName, envVar string // empty flagName: only --set
}{
	{"data.time", `ds`, `"ds"`, "day", `"day"`, "Date", `"Date"`, `"date"`, "--time", "SALESCTL_DATA_TIME"},
	{"data.ids", `["010"]`, `["010"]`, "shop, sku", `["shop","sku"]`, "a,b", `["a","b"]`, `["store","item"]`, "--id", "SALESCTL_DATA_IDS"},
	{"data.target", `y`, `"y"`, "units", `"units"`, "sold", `"sold"`, `"sales"`, "--target", "SALESCTL_DATA_TARGET"},
	{"data.freq", `D`, `"D"`, "auto", `"auto"`, "D", `"D"`, `"auto"`, "--freq", "SALESCTL_DATA_FREQ"},
	{"data.date_format", `"%d.%m.%Y"`, `"%d.%m.%Y"`, "%m/%d/%Y", `"%m/%d/%Y"`, "%Y%m%d", `"%Y%m%d"`, `"%Y-%m-%d"`, "--date-format", "SALESCTL_DATA_DATE_FORMAT"},
	{"data.delimiter", `";"`, `";"`, "tab", `"tab"`, "|", `"|"`, `""`, "--delimiter", "SALESCTL_DATA_DELIMITER"},
	{"data.gaps", `zero`, `"zero"`, "error", `"error"`, "interpolate", `"interpolate"`, `"missing"`, "--gaps", "SALESCTL_DATA_GAPS"},
	{"data.duplicates", `sum`, `"sum"`, "mean", `"mean"`, "last", `"last"`, `"error"`, "--duplicates", "SALESCTL_DATA_DUPLICATES"},
	{"data.negative", `zero`, `"zero"`, "error", `"error"`, "zero", `"zero"`, `"keep"`, "--negative", "SALESCTL_DATA_NEGATIVE"},
	{"data.known_future", `[promo]`, `["promo"]`, "price,promo", `["price","promo"]`, "a", `["a"]`, `[]`, "--known-future", "SALESCTL_DATA_KNOWN_FUTURE"},
	{"data.past_only", `[visits]`, `["visits"]`, "a,b", `["a","b"]`, "c", `["c"]`, `[]`, "--past-only", "SALESCTL_DATA_PAST_ONLY"},
	{"data.static", `[size]`, `["size"]`, "a,b", `["a","b"]`, "c", `["c"]`, `[]`, "--static", "SALESCTL_DATA_STATIC"},
	{"data.attributes", `[a.csv]`, `["a.csv"]`, "a,b", `["a","b"]`, "c", `["c"]`, `[]`, "--attributes", "SALESCTL_DATA_ATTRIBUTES"},
	{"data.on_error", `quarantine a.csv`, `"quarantine a.csv"`, "quarantine b", `"quarantine b"`, "fail", `"fail"`, `"fail"`, "--on-error", "SALESCTL_DATA_ON_ERROR"},
	{"holidays.countries", `[US, DE-BY]`, `["US","DE-BY"]`, "fr", `["fr"]`, "GB", `["GB"]`, `[]`, "--holidays", "SALESCTL_HOLIDAYS_COUNTRIES"},
	{"holidays.column", `store`, `"store"`, "a", `"a"`, "b", `"b"`, `""`, "--holidays-by", "SALESCTL_HOLIDAYS_COLUMN"},
	{"holidays.events", `a.csv`, `"a.csv"`, "b", `"b"`, "c", `"c"`, `""`, "--events", "SALESCTL_HOLIDAYS_EVENTS"},
	{"features.ids", `false`, `false`, "true", `true`, "false", `false`, `true`, "", "SALESCTL_FEATURES_IDS"},
	{
		"features.date_features", `[week]`, `["week"]`, "day,month", `["day","month"]`, "year", `["year"]`,
		`["year","month","day","dayofweek","is_weekend","is_month_start","is_month_end"]`, "", "SALESCTL_FEATURES_DATE_FEATURES",
	},
	{"model.method", `calendar`, `"calendar"`, "calendar", `"calendar"`, "calendar", `"calendar"`, `"calendar"`, "--method", "SALESCTL_MODEL_METHOD"},
	{"model.horizon", `7`, `7`, "14", `14`, "28", `28`, `90`, "--horizon", "SALESCTL_MODEL_HORIZON"},
	{"model.split", `time`, `"time"`, "random", `"random"`, "time", `"time"`, `"random"`, "--split", "SALESCTL_MODEL_SPLIT"},
	{"model.levels", `[50, 99.5]`, `[50,99.5]`, "90", `[90]`, "60, 70", `[60,70]`, `[80,95]`, "--levels", "SALESCTL_MODEL_LEVELS"},
	{"model.point", `mean`, `"mean"`, "mean", `"mean"`, "mean", `"mean"`, `"mean"`, "--point", "SALESCTL_MODEL_POINT"},
	{"lightgbm.path", `/a`, `"/a"`, "/b", `"/b"`, "/c", `"/c"`, `""`, "--lightgbm", "SALESCTL_LIGHTGBM_PATH"},
	{"lightgbm.num_leaves", `8`, `8`, "16", `16`, "32", `32`, `64`, "", "SALESCTL_LIGHTGBM_NUM_LEAVES"},
	{"lightgbm.learning_rate", `0.10`, `0.1`, "0.30", `0.3`, "5e-2", `0.05`, `0.1`, "", "SALESCTL_LIGHTGBM_LEARNING_RATE"},
	{"registry.dir", `/m`, `"/m"`, "/n", `"/n"`, "/o", `"/o"`, `"models"`, "--models", "SALESCTL_REGISTRY_DIR"},
	{"registry.name", `a`, `"a"`, "b", `"b"`, "c", `"c"`, `"sales"`, "--name", "SALESCTL_REGISTRY_NAME"},
	{"registry.promote", `always`, `"always"`, "never", `"never"`, "if-better", `"if-better"`, `"if-better"`, "--promote", "SALESCTL_REGISTRY_PROMOTE"},
	{"jobs.dir", `/j`, `"/j"`, "/k", `"/k"`, "/l", `"/l"`, `"var/jobs"`, "--jobs", "SALESCTL_JOBS_DIR"},
	{"jobs.workers", `1`, `1`, "4", `4`, "8", `8`, `2`, "--workers", "SALESCTL_JOBS_WORKERS"},
	{"jobs.durability", `process`, `"process"`, "full", `"full"`, "process", `"process"`, `"full"`, "--durability", "SALESCTL_JOBS_DURABILITY"},
	{"jobs.max_attempts", `1`, `1`, "2", `2`, "3", `3`, `5`, "", "SALESCTL_JOBS_MAX_ATTEMPTS"},
	{"jobs.write_queue", `1`, `1`, "2", `2`, "3", `3`, `8192`, "", "SALESCTL_JOBS_WRITE_QUEUE"},
	{"jobs.max_pending", `1`, `1`, "2", `2`, "3", `3`, `1000000`, "", "SALESCTL_JOBS_MAX_PENDING"},
	{"serve.addr", `"[::1]:80"`, `"[::1]:80"`, ":5001", `":5001"`, "localhost:0", `"localhost:0"`, `"127.0.0.1:5000"`, "--addr", "SALESCTL_SERVE_ADDR"},
	{"serve.grace", `90s`, `"1m30s"`, "0s", `"0s"`, "1.5h", `"1h30m"`, `"1s"`, "--grace", "SALESCTL_SERVE_GRACE"},
	{"log.level", `debug`, `"debug"`, "warn", `"warn"`, "error", `"error"`, `"info"`, "--log-level", "SALESCTL_LOG_LEVEL"},
	{"log.format", `json`, `"json"`, "console", `"console"`, "auto", `"auto"`, `"auto"`, "--log-format", "SALESCTL_LOG_FORMAT"},
}

func TestSources(t *testing.T) {
	for _, tt := range sourceTests {
		t.Run(tt.key, func(t *testing.T) {
			section, name, _ := strings.Cut(tt.key, ".")
			file := writeFile(t, "salesctl.yaml", section+":\n  "+name+": "+tt.file+"\n")

			check := func(wantValue, wantOrigin string, args ...string) {
				t.Helper()
				got := showKey(t, tt.key, args...)
				if got.Value.String() != wantValue || got.Origin != wantOrigin {
					t.Errorf("%v: %s = %s (%s), want %s (%s)", args, tt.key, got.Value, got.Origin, wantValue, wantOrigin)
				}
			}
			check(tt.wantDefault, "default")
			check(tt.wantFile, "file "+file+":2", "--config", file)
			check(tt.wantFlag, "flag --set", "--config", file, "--set", tt.key+"="+tt.flag)
			t.Setenv(tt.envVar, tt.env)
			check(tt.wantEnv, "env "+tt.envVar, "--config", file)
			check(tt.wantFlag, "flag --set", "--config", file, "--set", tt.key+"="+tt.flag)
			if tt.flagName != "" {
				check(tt.wantFlag, "flag "+tt.flagName, "--config", file, tt.flagName, tt.flag)
			}
		})
	}
}

// TestSourcesAreComplete fails when config has a key that keys or sourceTests does not.
func TestSourcesAreComplete(t *testing.T) {
	t.Parallel()
	want := make([]string, 0, len(keyTypes()))
	for name := range keyTypes() {
		want = append(want, name)
	}
	slices.Sort(want)
	var inTable, tested []string
	for _, k := range keys() {
		inTable = append(inTable, k.Name)
	}
	for _, tt := range sourceTests {
		k, ok := findKey(tt.key)
		if !ok {
			t.Errorf("%s is no key", tt.key)
		}
		if flag := strings.TrimPrefix(tt.flagName, "--"); flag != k.Flag || tt.envVar != k.env() {
			t.Errorf("%s: flag %q, env %s; the test has %q, %s", tt.key, k.Flag, k.env(), flag, tt.envVar)
		}
		if _, isParam := defaultConfig().LightGBM.Params[strings.TrimPrefix(tt.key, "lightgbm.")]; !isParam {
			tested = append(tested, tt.key)
		}
	}
	slices.Sort(inTable)
	slices.Sort(tested)
	if diff := cmp.Diff(want, inTable); diff != "" {
		t.Errorf("keys() (-config +keys):\n%s", diff)
	}
	if diff := cmp.Diff(want, tested); diff != "" {
		t.Errorf("sourceTests (-config +tested):\n%s", diff)
	}
}

type shownKey struct {
	Key    string         `json:"key"`
	Value  jsontext.Value `json:"value"`
	Origin string         `json:"origin"`
}

// compact returns k with its value on one line.
func (k shownKey) compact(t *testing.T) shownKey {
	t.Helper()
	if err := k.Value.Compact(); err != nil {
		t.Fatal(err)
	}
	return k
}

// showKey returns what `config show --origin` says about a key.
func showKey(t *testing.T, name string, args ...string) shownKey {
	t.Helper()
	p := newProcess(t, append([]string{"config", "show", "--origin", "-o", "json"}, args...)...)
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("config show %v: exit %d: %s", args, code, &p.Stderr)
	}
	var all []shownKey
	if err := json.Unmarshal(p.Stdout.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(k shownKey) bool { return k.Key == name })
	if i < 0 {
		t.Fatalf("config show does not name %s", name)
	}
	return all[i].compact(t)
}

func TestSeedRecipeIsTheDefault(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "config", "show", "--origin", "-o", "json", "--config", "../../configs/seed.yaml")
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("exit %d: %s", code, &p.Stderr)
	}
	var got []shownKey
	if err := json.Unmarshal(p.Stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := defaultValues()
	for _, k := range got {
		if strings.HasPrefix(k.Origin, "file ../../configs/seed.yaml:") {
			text, err := json.Marshal(want[k.Key])
			if err != nil {
				t.Fatal(err)
			}
			if got := k.compact(t).Value.String(); got != string(text) {
				t.Errorf("%s = %s, the default is %s", k.Key, got, text)
			}
			delete(want, k.Key)
		}
	}
	for name := range want {
		t.Errorf("configs/seed.yaml does not set %s", name)
	}
}

func TestParamsHaveNoFloatNoise(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value any
		want  string
	}{
		{0.1, "0.1"},
		{1e-9, "1e-09"},
		{64, "64"},
		{1e6, "1000000"},
		{true, "true"},
		{"0.10", "0.1"},
		{"1e6", "1000000"},
		{"9223372036854775807", "9223372036854775807"},
		{"regression_l1", "regression_l1"},
		{"010", "010"},
		{[]any{"mape", "l1"}, "mape,l1"},
		{[]any{1, -1, 0.5}, "1,-1,0.5"},
	}
	for _, tt := range tests {
		if got := valueText(tt.value); got != tt.want {
			t.Errorf("valueText(%#v) = %q, want %q", tt.value, got, tt.want)
		}
	}
}
