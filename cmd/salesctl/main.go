// Command salesctl turns a CSV of sales into forecasts of every series.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal cancels, a second one ends the process at once
	os.Exit(run(ctx, processEnv()))
}
