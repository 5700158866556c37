package main

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
)

// env is what one run of salesctl sees of its process. main fills it from the real one, tests
// from buffers. Only the environment variables are always the process's own, because viper
// reads them itself: tests set them with t.Setenv.
type env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer // results
	Stderr io.Writer // everything else

	StdoutIsTerminal bool
	StderrIsTerminal bool

	Environ []string // NAME=value
	Now     func() time.Time

	// Log writes to Stderr, above a progress bar while there is one.
	Log zerolog.Logger

	wrapHandler func(jobs.Handler) jobs.Handler // around the work of every job; nil: nothing

	global  globalFlags
	logTo   *redirect
	started bool // a verb's RunE has begun: later errors are not about usage
}

// configFlag is the flag of the config file.
const configFlag = "config"

// quietFlag is the flag that keeps stderr to errors.
const quietFlag = "quiet"

// globalFlags are the flags of every verb that are not config keys.
type globalFlags struct {
	Config string
	Set    []string
	Quiet  bool
}

func processEnv() *env {
	return &env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Environ:          os.Environ(), Now: time.Now,
	}
}

// run executes the command line of e and returns the exit code. It writes at most one error.
func run(ctx context.Context, e *env) int {
	e.Stdin = interruptible(ctx, e.Stdin)
	e.logTo = &redirect{w: e.Stderr}
	e.Log = newLogger(e, defaultConfig().Log)
	root := newRootCmd(e) //nolint:contextcheck // verbs get ctx from cobra
	root.SetArgs(joinOnError(e.Args))
	if len(e.Args) > 0 && strings.HasPrefix(e.Args[0], cobra.ShellCompRequestCmd) {
		plainUsages(root)
	}
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && !as[*partError](err): // a server ends by a signal, and may fail in doing so
		err = errInterrupted
	case !e.started:
		err = asUsage(cmd, err)
	}
	text := errorText(err)
	if wantsJSON(cmd, e.Args) {
		text = errorJSON(err)
	}
	_, _ = io.WriteString(e.Stderr, text) // where stderr is gone, the exit code still tells
	_, exit := classify(err)
	return exit
}

// interruptible returns a reader of r whose Read returns when ctx ends, even where r blocks, as
// a terminal or a pipe does. The goroutine that waits for r then ends with the process.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	pr, pw := io.Pipe()
	start := sync.OnceFunc(func() {
		context.AfterFunc(ctx, func() { pw.CloseWithError(ctx.Err()) })
		go func() {
			_, err := io.Copy(pw, r)
			pw.CloseWithError(err)
		}()
	})
	return readerFunc(func(p []byte) (int, error) {
		start()
		return pr.Read(p)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// load merges the configuration of a verb from its flags, the environment, the config file and
// the defaults, sets e.Log by it, and warns about environment variables that nothing reads.
func (e *env) load(cmd *cobra.Command) (*settings, error) {
	s, err := loadSettings(e, cmd.Flags())
	if err != nil {
		return nil, err
	}
	e.Log = newLogger(e, s.Log)
	for _, p := range s.UnknownEnv {
		ev := e.Log.Warn().Str("name", p.Origin.Name)
		if h := hint.Of(p.Err); h != "" {
			ev = ev.Str("hint", h)
		}
		ev.Msg(p.Err.Error())
	}
	return s, nil
}

// checkGlobals refuses a wrong --config, --set or --log-... of a verb that needs no
// configuration. Without these flags it reads none: a broken salesctl.yaml does not keep
// people from asking for the version.
func (e *env) checkGlobals(cmd *cobra.Command) error {
	named := false
	cmd.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) { named = named || f.Changed && f.Name != quietFlag })
	if !named {
		return nil
	}
	_, err := e.load(cmd)
	return err
}

// lookupEnv returns the value of an environment variable and whether it is set.
func (e *env) lookupEnv(name string) (string, bool) {
	for _, kv := range e.Environ {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v, true
		}
	}
	return "", false
}
