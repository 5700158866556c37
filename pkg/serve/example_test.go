package serve_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"time"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

// Example wires an engine, models, a runner and a server the way the command serve does, and asks
// for one forecast.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	engine := jobs.Default()
	engine.Now = time.Now
	store := jobs.NewMemory(engine)
	models := serve.NewModels(model.Open("../model/testdata/backcompat/1"),
		serve.ModelsConfig{Name: "sales", Forecast: forecast.Default(), Now: time.Now})
	work := jobs.DefaultRunner()
	work.Now = time.Now
	runner := jobs.NewRunner(store, serve.NewHandler(models), work)
	ended := make(chan error)
	for _, run := range []func(context.Context) error{store.Run, models.Run, runner.Run} {
		go func() { ended <- run(ctx) }()
	}
	defer func() {
		stop()
		for range 3 {
			if err := <-ended; err != nil {
				fmt.Println(err)
			}
		}
	}()
	if err := models.Wait(ctx); err != nil {
		fmt.Println(err)
		return
	}

	cfg := serve.Default()
	cfg.Now = time.Now
	api := serve.New(store, models, cfg).Handler()
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/predict", strings.NewReader(`{"date": "2025-02-10", "store": 1, "item": "2"}`))
	request.Header.Set("Prefer", "wait=10")
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)

	body, err := io.ReadAll(answer.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Code, answer.Header().Get("Preference-Applied"))
	fmt.Println(regexp.MustCompile(`"status":"\w+"`).FindString(string(body)))
	fmt.Println(regexp.MustCompile(`"result":.*"predicted_sales":[^,]*`).FindString(string(body)))
	// Output:
	// 200 wait=10
	// "status":"completed"
	// "result":{"store":1,"item":2,"date":"2025-02-10","predicted_sales":23.422150501748686
}
