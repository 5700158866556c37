package main

import (
	"strings"
	"testing"
)

func TestConfigFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		want       []string // on stderr
	}{
		{"unknown key", "data:\n  tme: ds\n", []string{"salesctl.yaml:2: unknown key data.tme", "hint: did you mean data.time?"}},
		{"unknown section", "dta: {}\n", []string{"salesctl.yaml:1: unknown key dta", "hint: did you mean data?"}},
		{"another case", "data:\n  Time: ds\n", []string{"unknown key data.Time", "did you mean data.time?"}},
		{"key with viper's delimiter", "lightgbm:\n  a::b: 1\n", []string{"salesctl.yaml:2: unknown key lightgbm.a::b"}},
		{"unquoted id", "data:\n  ids: [010, item]\n", []string{"salesctl.yaml:2: data.ids: 010 is not text", `hint: put it in quotes: "010"`}},
		{"unquoted date", "data:\n  time: 2026-01-02\n", []string{"data.time: 2026-01-02 is not text"}},
		{"truth value as text", "data:\n  target: yes\n  time: true\n", []string{"salesctl.yaml:3: data.time: true is not text"}},
		{"text for a list", "data:\n  ids: store\n", []string{"data.ids: not a list, as [a, b] is"}},
		{"quoted number", "model:\n  horizon: \"90\"\n", []string{`salesctl.yaml:2: model.horizon: "90" is not a whole number`}},
		{"octal number", "model:\n  horizon: 010\n", []string{"model.horizon: 010 is not a whole number"}},
		{"hexadecimal number", "model:\n  horizon: 0x10\n", []string{"model.horizon: 0x10 is not a whole number"}},
		{"fraction", "model:\n  horizon: 1.5\n", []string{"model.horizon: 1.5 is not a whole number"}},
		{"grouped digits", "model:\n  levels: [8_0]\n", []string{"model.levels: 8_0 is not a number"}},
		{"not a number", "model:\n  levels: [.nan]\n", []string{"model.levels: .nan is not a number"}},
		{"text for a truth value", "features:\n  ids: \"true\"\n", []string{`features.ids: "true" is neither true nor false`}},
		{"octal parameter", "lightgbm:\n  num_leaves: 010\n", []string{"lightgbm.num_leaves: 010 is neither"}},
		{"nested parameter", "lightgbm:\n  num_leaves: {a: 1}\n", []string{"lightgbm.num_leaves: not a single value"}},
		{"duration without a unit", "serve:\n  grace: 30\n", []string{"salesctl.yaml:2: serve.grace: 30 needs a unit, as 30s"}},
		{"zero without a unit", "serve:\n  grace: 0\n", []string{"serve.grace: 0 needs a unit, as 30s"}},
		{"quoted number for a duration", "serve:\n  grace: \"1.5\"\n", []string{"serve.grace: 1.5 needs a unit, as 30s"}},
		{"another text for a duration", "serve:\n  grace: 30 s\n", []string{`serve.grace: "30 s" is not a duration, as 30s or 1m30s`}},
		{"duration of a unit that is none", "serve:\n  grace: 1d\n", []string{`serve.grace: "1d" is not a duration`}},
		{"negative duration", "serve:\n  grace: -90s\n", []string{"salesctl.yaml:2: serve.grace: -1m30s is less than nothing"}},
		{"list for a duration", "serve:\n  grace: [1s]\n", []string{"serve.grace: not a single value"}},
		{"number for an address", "serve:\n  addr: 5000\n", []string{"serve.addr: 5000 is not text"}},
		{"address without a port", "serve:\n  addr: localhost\n", []string{`serve.addr: "localhost" is not HOST:PORT`, "hint: write HOST:PORT, as 127.0.0.1:5000"}},
		{"address with a word for its port", "serve:\n  addr: localhost:http\n", []string{`serve.addr: port "http" is not a number from 0 to 65535`}},
		{"no workers", "jobs: {workers: 0, max_attempts: 0, write_queue: 0, max_pending: 0}\n", []string{
			"4 problems", "jobs.workers: 0, want 1 to 4096", "jobs.max_attempts: 0, want at least 1", "jobs.write_queue: 0 calls, want 1 to 1048576", "jobs.max_pending: at least 1",
		}},
		{"too many workers", "jobs: {workers: 1000000000, write_queue: 1000000000000000}\n", []string{
			"2 problems", "jobs.workers: 1000000000, want 1 to 4096", "jobs.write_queue: 1000000000000000 calls, want 1 to 1048576",
		}},
		{"unknown durability", "jobs:\n  durability: fulll\n", []string{`jobs.durability: "fulll" is not one of full, process`, "hint: did you mean full?"}},
		{"jobs nowhere", "jobs:\n  dir: \"\"\n", []string{"jobs.dir: no directory"}},
		{"empty value", "model:\n  horizon:\n", []string{"model.horizon: no value", "hint: write a value or delete the line"}},
		{"key twice", "model:\n  horizon: 7\n  horizon: 8\n", []string{"salesctl.yaml:3: model.horizon: stands in line 2 already"}},
		{"section twice", "model: {horizon: 7}\nmodel: {horizon: 8}\n", []string{"salesctl.yaml:2: model.horizon: stands in line 1 already"}},
		{"empty section twice", "model: {}\nmodel: {}\n", []string{"salesctl.yaml", `mapping key "model" already defined at line 1`}},
		{"not a mapping", "- data\n", []string{"salesctl.yaml:1: not a mapping of keys to values"}},
		{"section of another type", "data: date\n", []string{"salesctl.yaml:1: data: not a mapping of keys to values"}},
		{"two documents", "model: {horizon: 7}\n---\nmodel: {horizon: 8}\n", []string{"salesctl.yaml:2: a second document"}},
		{"broken YAML", "data: [\n", []string{"salesctl.yaml: yaml: line 1"}},
		{"bad value", "registry:\n  promote: allways\n", []string{`salesctl.yaml:2: registry.promote: "allways" is not one of`, "hint: did you mean always?"}},
		{
			"everything at once", "data:\n  tme: ds\nmodel:\n  horizon: x\n",
			[]string{"2 problems in the configuration\n", "salesctl.yaml:2: unknown key data.tme; did you mean data.time?", `salesctl.yaml:4: model.horizon: "x" is not a whole number`},
		},
		{"values that rooms refuse", "data:\n  freq: W\nmodel:\n  levels: [101]\n", []string{"salesctl.yaml:2: data.freq: ", "salesctl.yaml:4: model.levels: 101 is not between"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, "config", "validate", writeFile(t, "salesctl.yaml", tt.file))
			if code := p.run(t.Context()); code != exitUsage {
				t.Errorf("exit %d, want %d; stdout %s", code, exitUsage, &p.Stdout)
			}
			for _, want := range tt.want {
				if !strings.Contains(p.Stderr.String(), want) {
					t.Errorf("stderr does not have %q:\n%s", want, &p.Stderr)
				}
			}
		})
	}
}

func TestConfigFileMayBeSparse(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"empty": "", "only comments": "# nothing\n", "null": "null\n", "empty section": "data:\nlightgbm:\n",
		"an alias": "registry:\n  dir: &d sales\n  name: *d\n", "byte order mark": "\ufeffmodel:\n  horizon: 7\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, "config", "validate", writeFile(t, "salesctl.yaml", file))
			if code := p.run(t.Context()); code != exitOK {
				t.Errorf("exit %d, want 0: %s", code, &p.Stderr)
			}
		})
	}
}

func TestConfigFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"missing": "no-such.yaml", "a directory": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, "config", "show", "--config", path)
			if code := p.run(t.Context()); code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			if got := p.Stderr.String(); !strings.Contains(got, path) {
				t.Errorf("stderr does not name %s: %s", path, got)
			}
		})
	}
}

func FuzzCheckConfigFile(f *testing.F) {
	f.Add("data: {time: ds, ids: [\"010\"]}\nlightgbm: {num_leaves: 8}\n")
	f.Add("data:\n  time: &d ds\n  target: *d\n")
	f.Add("a: &a [*a]\n")
	f.Add("? {a: b}\n: c\n")
	f.Add("--- \n...\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, _ := checkConfigFile("salesctl.yaml", []byte(text))
		for name, line := range lines {
			if line < 1 {
				t.Errorf("%s stands in line %d", name, line)
			}
		}
	})
}
