package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// newRootCmd returns the whole command tree. A verb is added in the one list below.
func newRootCmd(e *env) *cobra.Command {
	root := newGroup("salesctl", "Forecast the sales of every series of a CSV")
	root.Long = `salesctl turns a CSV of sales (one row per date, store and item, or any other id
columns) into forecasts of every series.`
	root.Example = indent("salesctl config show --origin\nsalesctl help config")
	root.SilenceErrors, root.SilenceUsage, root.DisableSuggestions = true, true, true
	addVersionFlag(e, root)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(newHelpCmd())
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&e.global.Config, configFlag, "", "config `FILE`, empty for none (default: salesctl.yaml where it exists)")
	flags.StringArrayVar(&e.global.Set, "set", nil, "set a config key: `KEY=VALUE`, repeatable")
	flags.BoolVarP(&e.global.Quiet, quietFlag, "q", false, "only errors on stderr")
	addConfigFlagsTo(flags, "log")

	root.AddCommand(
		newPreprocessCmd(e),
		newTrainCmd(e),
		newPredictCmd(e),
		newForecastCmd(e),
		newServeCmd(e),
		newModelCmd(e),
		newDataCmd(e),
		newDemoCmd(e),
		newDoctorCmd(e),
		newLightGBMCmd(e),
		newConfigCmd(e),
		newVersionCmd(e),
		newCompletionCmd(e),
	)
	markStart(e, root)
	return root
}

// newGroup returns a command that only holds others: alone it prints its help, and any other
// argument is a command that it does not have.
func newGroup(use, short string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
}

// unknownCommand returns the error of a name that cmd has no command for.
func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return withDidYouMean(fmt.Errorf("unknown command %q for %q", name, cmd.CommandPath()), name, names)
}

func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Print the help of a command",
		Example: indent("salesctl help config show"),
		RunE: func(cmd *cobra.Command, args []string) error {
			target := cmd.Root()
			for _, name := range args {
				i := slices.IndexFunc(target.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
				if i < 0 {
					return &usageError{Err: unknownCommand(target, name)}
				}
				target = target.Commands()[i]
			}
			return target.Help()
		},
	}
}

// markStart makes every command of the tree note in e that it has begun, which divides errors
// of usage from all others.
func markStart(e *env, cmd *cobra.Command) {
	if runE := cmd.RunE; runE != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			e.started = true
			return runE(cmd, args)
		}
	}
	for _, c := range cmd.Commands() {
		markStart(e, c)
	}
}

// indent puts two spaces before each line, the form of an example in help texts.
func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}
