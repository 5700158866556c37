package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// eachCommand calls f for every command of the tree that people see.
func eachCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			eachCommand(c, f)
		}
	}
}

func TestEveryCommandIsDocumented(t *testing.T) {
	t.Parallel()
	eachCommand(newRootCmd(newProcess(t).env), func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if cmd.RunE == nil || cmd.Run != nil {
			t.Errorf("%s: RunE returns errors, Run cannot", path)
		}
		if cmd.Args == nil {
			t.Errorf("%s: any argument is accepted", path)
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: Short is %q, want a phrase without its stop", path, cmd.Short)
		}
		if !cmd.HasSubCommands() && cmd.Example == "" {
			t.Errorf("%s: no example", path)
		}
		for line := range strings.Lines(cmd.Example) {
			if !strings.HasPrefix(line, "  ") {
				t.Errorf("%s: example %q is not indented", path, line)
			}
		}
	})
}

func TestHelpGoesToStdout(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{"", "Available Commands:"},
		{"--help", "Available Commands:"},
		{"help", "Available Commands:"},
		{"config", "Available Commands:"},
		{"help config show", "salesctl config show --origin"},
		{"config show -h", "salesctl config show --origin"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, strings.Fields(tt.args)...)
			if code := p.run(t.Context()); code != exitOK || !strings.Contains(p.Stdout.String(), tt.want) {
				t.Errorf("exit %d, stdout:\n%s", code, &p.Stdout)
			}
			if p.Stderr.Len() > 0 {
				t.Errorf("stderr: %s", &p.Stderr)
			}
		})
	}
}

func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{"vesion", "salesctl: error: unknown command \"vesion\" for \"salesctl\"\nsalesctl: hint: did you mean version?\n"},
		{"frobnicate", "salesctl: error: unknown command \"frobnicate\" for \"salesctl\"\nsalesctl: hint: run 'salesctl --help'\n"},
		{"config shw", "salesctl: error: unknown command \"shw\" for \"salesctl config\"\nsalesctl: hint: did you mean show?\n"},
		{"help confg", "salesctl: error: unknown command \"confg\" for \"salesctl\"\nsalesctl: hint: did you mean config?\n"},
		{"config show --horizn 7", "salesctl: error: unknown flag --horizn\nsalesctl: hint: did you mean --horizon?\n"},
		{"config show -x", "salesctl: error: unknown shorthand flag: 'x' in -x\nsalesctl: hint: run 'salesctl config show --help'\n"},
		{"config show --horizon", "salesctl: error: flag needs an argument: --horizon\nsalesctl: hint: run 'salesctl config show --help'\n"},
		{"config show extra", "salesctl: error: unknown command \"extra\" for \"salesctl config show\"\nsalesctl: hint: run 'salesctl config show --help'\n"},
		{"version -o xml", "salesctl: error: invalid argument \"xml\" for \"-o, --output-format\" flag: \"xml\" is not one of table, json\nsalesctl: hint: run 'salesctl version --help'\n"},
		{"config show --set horizon", "salesctl: error: flag --set: \"horizon\" is not KEY=VALUE\n"},
		{"config show --set model.horzion=7", "salesctl: error: flag --set: unknown key model.horzion\nsalesctl: hint: did you mean model.horizon?\n"},
		{"config show --horizon 7 --set model.horizon=8", "salesctl: error: flag --set: model.horizon is set by flag --horizon already\n"},
		{"config show --set model.horizon=7 --set model.horizon=8", "salesctl: error: flag --set: model.horizon is set by flag --set already\n"},
		{"config show --horizon 7d", "salesctl: error: flag --horizon: model.horizon: \"7d\" is not a whole number\n"},
		{"config show --horizon 010", "salesctl: error: flag --horizon: model.horizon: \"010\" is not a whole number\n"},
		{"config show --levels 80,x", "salesctl: error: flag --levels: model.levels: \"x\" is not a number\n"},
		{"config show --set features.ids=yes", "salesctl: error: flag --set: features.ids: \"yes\" is neither true nor false\n"},
		{"trian -o json", `{"error":"unknown command \"trian\" for \"salesctl\"","code":"usage","hint":"did you mean train?"}` + "\n"},
		{"config shw --horizon 7", "salesctl: error: unknown command \"shw\" for \"salesctl config\"\nsalesctl: hint: did you mean show?\n"},
		{"--horizon 7", "salesctl: error: unknown flag --horizon\nsalesctl: hint: run 'salesctl --help'\n"},
		{"data sample --series abc", "salesctl: error: --series \"abc\": not a whole number\nsalesctl: hint: run 'salesctl data sample --help'\n"},
		{"data sample --days 99999999999999999999", "salesctl: error: --days \"99999999999999999999\": out of range\nsalesctl: hint: run 'salesctl data sample --help'\n"},
		{"data sample --seed -1", "salesctl: error: --seed \"-1\": not a whole number from 0 on\nsalesctl: hint: run 'salesctl data sample --help'\n"},
		{"config show --origin=yes", "salesctl: error: --origin \"yes\": neither true nor false\nsalesctl: hint: run 'salesctl config show --help'\n"},
		{"version --log-format xml", "salesctl: error: flag --log-format: log.format: \"xml\" is not one of auto, console, json\n"},
		{"--version --log-format xml", "salesctl: error: flag --log-format: log.format: \"xml\" is not one of auto, console, json\n"},
		{"completion bash --config gone.yaml", "salesctl: error: config file: open gone.yaml: no such file or directory\n"},
		{"config schema --set x=1", "salesctl: error: flag --set: unknown key x\n"},
		{"config show --set features.ids=false --set features.date_features=", "salesctl: error: flag --set: features.date_features: no features: the list is empty and no ids are features\nsalesctl: hint: name a date feature, or make the ids features by features.ids\n"},
		{"config show --grace 30", "salesctl: error: flag --grace: serve.grace: 30 needs a unit, as 30s\n"},
		{"config show --grace -1s", "salesctl: error: flag --grace: serve.grace: -1s is less than nothing\n"},
		{"config show --grace soon", "salesctl: error: flag --grace: serve.grace: \"soon\" is not a duration, as 30s or 1m30s\n"},
		{"config show --addr ::1:5000", "salesctl: error: flag --addr: serve.addr: \"::1:5000\" is not HOST:PORT\nsalesctl: hint: write HOST:PORT, as 127.0.0.1:5000, [::1]:5000 or :5000 for every interface\n"},
		{"config show --addr :65536", "salesctl: error: flag --addr: serve.addr: port \"65536\" is not a number from 0 to 65535\nsalesctl: hint: write HOST:PORT, as 127.0.0.1:5000, [::1]:5000 or :5000 for every interface\n"},
		{"config show --promote allways", "salesctl: error: flag --promote: registry.promote: \"allways\" is not one of if-better, always, never\nsalesctl: hint: did you mean always?\n"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, strings.Fields(tt.args)...)
			if code := p.run(t.Context()); code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			if got := p.Stderr.String(); got != tt.want {
				t.Errorf("stderr:\n%swant:\n%s", got, tt.want)
			}
			if p.Stdout.Len() > 0 {
				t.Errorf("stdout is for results: %s", &p.Stdout)
			}
		})
	}
}
