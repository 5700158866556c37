package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completionOptions is what completion was asked for.
type completionOptions struct {
	*env
	shell string
	root  *cobra.Command
}

func newCompletionCmd(e *env) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion " + strings.Join(shells, "|"), Short: "Print the completion script of a shell",
		Long: `Print the script that makes a shell complete salesctl's commands and flags. To have it in
each new shell, write it where the shell looks: ~/.local/share/bash-completion/completions/salesctl
for bash, ~/.config/fish/completions/salesctl.fish for fish.`,
		Example:   indent("salesctl completion bash > salesctl.bash\nsalesctl completion zsh > _salesctl"),
		ValidArgs: shells,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.checkGlobals(cmd); err != nil {
				return err
			}
			return runCompletion(cmd.Context(), &completionOptions{env: e, shell: args[0], root: cmd.Root()})
		},
	}
}

func runCompletion(ctx context.Context, o *completionOptions) error {
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		switch o.shell {
		case "bash":
			return o.root.GenBashCompletionV2(w, true)
		case "zsh":
			return o.root.GenZshCompletion(w)
		case "fish":
			return o.root.GenFishCompletion(w, true)
		case "powershell":
			return o.root.GenPowerShellCompletionWithDesc(w)
		}
		return fmt.Errorf("no completion for %q", o.shell)
	})
}

// plainUsages takes the backticks, which mark the argument in help texts, out of every usage of
// the tree: completion shows usages as they are.
func plainUsages(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	cmd.Flags().VisitAll(plain)
	cmd.PersistentFlags().VisitAll(plain)
	for _, c := range cmd.Commands() {
		plainUsages(c)
	}
}
