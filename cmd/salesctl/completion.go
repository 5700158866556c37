package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

type completionOptions struct {
	Shell string
	Root  *cobra.Command
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
			return runCompletion(cmd.Context(), e, completionOptions{Shell: args[0], Root: cmd.Root()})
		},
	}
}

func runCompletion(ctx context.Context, e *env, opts completionOptions) error {
	return e.writeOutput(ctx, "", func(w io.Writer) error {
		switch opts.Shell {
		case "bash":
			return opts.Root.GenBashCompletionV2(w, true)
		case "zsh":
			return opts.Root.GenZshCompletion(w)
		case "fish":
			return opts.Root.GenFishCompletion(w, true)
		case "powershell":
			return opts.Root.GenPowerShellCompletionWithDesc(w)
		}
		return fmt.Errorf("no completion for %q", opts.Shell)
	})
}
