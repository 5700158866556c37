package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/table"
)

// logged returns what warn writes with the given logging.
func logged(t *testing.T, cfg logConfig, set func(*env)) string {
	t.Helper()
	p := newProcess(t)
	p.env.Environ = nil
	set(p.env)
	p.env.logTo = &redirect{w: p.env.Stderr}
	p.env.Log = newLogger(p.env, cfg)
	p.env.Log.Info().Msg("reading")
	warn(p.env, []table.Warning{
		{Code: "blank_lines", Count: 2, Message: "blank lines are skipped", Places: []string{"line 3", "line 9"}},
		{Code: "id", Message: "odd \x1b[2J id"},
	})
	return p.Stderr.String()
}

func TestLog(t *testing.T) {
	t.Parallel()
	const (
		infoJSON = `{"level":"info","time":"2026-01-02T03:04:05Z","message":"reading"}` + "\n"
		warnJSON = `{"level":"warn","code":"blank_lines","count":2,"places":"line 3; line 9","time":"2026-01-02T03:04:05Z","message":"blank lines are skipped"}` + "\n" +
			`{"level":"warn","code":"id","time":"2026-01-02T03:04:05Z","message":"odd \u001b[2J id"}` + "\n"
		warnConsole = "03:04:05 WRN blank lines are skipped code=blank_lines count=2 places=\"line 3; line 9\"\n" +
			"03:04:05 WRN odd \\x1b[2J id code=id\n"
		infoConsole = "03:04:05 INF reading\n"
	)
	terminal := func(e *env) { e.StderrIsTerminal = true; e.Environ = []string{"NO_COLOR=1"} }
	elsewhere := func(*env) {}
	tests := []struct {
		name string
		cfg  logConfig
		set  func(*env)
		want string
	}{
		{"auto on a terminal", logConfig{"info", logAuto}, terminal, infoConsole + warnConsole},
		{"auto elsewhere", logConfig{"info", logAuto}, elsewhere, infoJSON + warnJSON},
		{"json on a terminal", logConfig{"info", logJSON}, terminal, infoJSON + warnJSON},
		{"console elsewhere", logConfig{"info", logConsole}, elsewhere, infoConsole + warnConsole},
		{"level", logConfig{"warn", logConsole}, elsewhere, warnConsole},
		{"quiet", logConfig{"debug", logConsole}, func(e *env) { e.global.Quiet = true }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, logged(t, tt.cfg, tt.set)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestColour is not parallel: zerolog asks the process for NO_COLOR, too.
func TestColour(t *testing.T) {
	tests := []struct {
		name     string
		environ  []string
		terminal bool
		want     bool
	}{
		{"terminal", nil, true, true},
		{"file", nil, false, false},
		{"NO_COLOR", []string{"NO_COLOR=1"}, true, false},
		{"empty NO_COLOR", []string{"NO_COLOR="}, true, true},
		{"dumb terminal", []string{"TERM=dumb"}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", "")
			got := logged(t, logConfig{"info", logConsole}, func(e *env) { e.Environ, e.StderrIsTerminal = tt.environ, tt.terminal })
			if coloured := strings.Contains(got, "\x1b["); coloured != tt.want {
				t.Errorf("coloured %t, want %t: %q", coloured, tt.want, got)
			}
		})
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{`Größe "10" 店 \n`, `Größe "10" 店 \n`},
		{"a\x1b]0;title\a", `a\x1b]0;title\a`},
		{"two\nlines\ttab\r", "two\\nlines\ttab\\r"},
		{"\u202egnp.exe\u200b", `\u202egnp.exe\u200b`},
		{"\u0085\u009b2J", `\u0085\u009b2J`},
		{"\xff\xc3", `\xff\xc3`},
		{"\ufffd", "\ufffd"},
		{"\x00", `\x00`},
	}
	for _, tt := range tests {
		if got := printable(tt.text); got != tt.want {
			t.Errorf("printable(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
