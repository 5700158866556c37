# `make help` lists what can be made. Everything lands in bin/, image/, .tools/, .venv/ and demo/.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory

GO       ?= go
PYTHON   ?= python3
FUZZTIME ?= 30s
COUNT    ?= 1

# Without a git repository main keeps its own default version.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS := -s -w $(if $(VERSION),-X main.version=$(VERSION))
TOOL    := $(GO) tool -modfile=tools/go.mod
BUILD   := CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
IMAGE   ?= image

# The end of a slow recipe line: each line has its own shell, so SECONDS is the line's time.
TOOK = printf '%-10s %4d s\n' '$(@:.venv/complete=venv)' "$$SECONDS"

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## bin/salesctl: one static file, no cgo
	@$(BUILD) -o bin/ ./cmd/salesctl; $(TOOK)

.PHONY: image-root
image-root: ## image/: the files of the container image, models included; IMAGE=DIR puts them in a new DIR
	@[ '$(IMAGE)' != image ] || rm -rf image; mkdir '$(IMAGE)' '$(IMAGE)/models'; mkdir -m 700 '$(IMAGE)/jobs'; \
	$(BUILD) -o '$(IMAGE)/' ./cmd/salesctl; \
	shopt -s nullglob; for model in models/*/; do cp -R "$${model%/}" '$(IMAGE)/models/'; done; $(TOOK)

.PHONY: lightgbm
lightgbm: ## the pinned LightGBM program, in .tools/lightgbm
	@scripts/install-lightgbm.sh .tools/lightgbm; $(TOOK)

.PHONY: venv
venv: .venv/complete ## .venv: the Python packages that the tests compare with
	@:

.venv/complete: scripts/requirements.txt
	@rm -rf .venv; $(PYTHON) -m venv .venv; .venv/bin/pip install --quiet --disable-pip-version-check -r $<; touch $@; $(TOOK)

.PHONY: demo
demo: build lightgbm ## generate sales, train on them, forecast every series
	@bin/salesctl demo

.PHONY: test
test: build lightgbm venv ## every test, never from the cache
	@$(GO) test -count=1 ./...; $(TOOK)

.PHONY: race
race: build lightgbm venv ## every test under the race detector
	@CGO_ENABLED=1 $(GO) test -count=1 -race -timeout 20m ./...; $(TOOK)

.PHONY: check
check: lint vet format generated tidy docs ## everything below that judges the code without running it

.PHONY: lint
lint: ## golangci-lint with .golangci.yml
	@$(TOOL) golangci-lint run ./...; $(TOOK)

.PHONY: vet
vet: ## go vet, the soak tests included
	@$(GO) vet -tags soak ./...; $(TOOK)

.PHONY: format
format: ## gofumpt finds nothing to change (make fmt changes it)
	@files=$$($(TOOL) gofumpt -l -extra=group_params,clothe_returns .); if [ -n "$$files" ]; then printf 'not formatted, run make fmt: %s\n' $$files >&2; exit 1; fi; $(TOOK)

.PHONY: fmt
fmt: ## format every Go file
	@$(TOOL) golangci-lint fmt ./...

.PHONY: generated
generated: venv ## go generate changes no file; its scripts run in .venv
	@sums() { find cmd configs docs internal pkg scripts -type f -print0 | xargs -0 cksum | sort -k 3; }; \
	before=$$(sums); PATH="$(CURDIR)/.venv/bin:$$PATH" $(GO) generate ./...; \
	diff <(printf '%s\n' "$$before") <(sums) || { echo 'go generate changed the files above: commit them' >&2; exit 1; }; $(TOOK)

.PHONY: tidy
tidy: ## go.mod and go.sum say what the code imports, no more
	@$(GO) mod tidy -diff; $(TOOK)

.PHONY: docs
docs: ## the rooms, their imports and files; links and make targets in the documents
	@$(GO) test -count=1 ./internal/arch; $(TOOK)

.PHONY: vuln
vuln: ## known vulnerabilities in what the code calls (asks the Go vulnerability database)
	@$(TOOL) govulncheck ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME=30s
	@grep -rE --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' cmd pkg internal | while IFS=: read -r file func; do \
		$(GO) test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$$(dirname "$$file")" </dev/null; done; $(TOOK)

BENCH = $(GO) test -run '^$$' -bench . -benchmem -count $(COUNT)

.PHONY: bench
bench: ## benchmarks of reading, the data report, features, trees, forecasts, jobs and a whole predict; DATA=FILE is read instead of a made file, COUNT=10 suits benchstat
	@$(BENCH) ./pkg/panel $(if $(DATA),-args -data '$(abspath $(DATA))'); $(TOOK)
	@$(BENCH) ./pkg/table ./pkg/quality ./pkg/holidays ./pkg/features ./pkg/trees ./pkg/model ./pkg/forecast ./pkg/serve
	@$(BENCH) -cpu 1,2 ./pkg/jobs/sqlitestore
	@$(BENCH) -benchtime 20x ./cmd/salesctl; $(TOOK)

.PHONY: soak
soak: build lightgbm venv ## the long tests; DATA=FILE is trained on instead of a made file; last result in bench/soak.txt
	@$(GO) test -tags soak -run Soak -count=1 -timeout 3h -v ./cmd/salesctl $(if $(DATA),-args -data '$(abspath $(DATA))') 2>&1 | tee bench/soak.txt; $(TOOK)

.PHONY: clean
clean: ## remove what make made; data and models stay
	@rm -rf bin demo image .tools .venv
