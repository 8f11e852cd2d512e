# Everything a developer does here; `make help` lists it.
GO       ?= go
BIN      := bin/stagecoach
PKGS     := ./...
RACE     := ./engine/... ./profiler/... ./advisor/... ./tui/...
FUZZTIME ?= 20000x
SHARED   ?= ../shared
ROWS     ?= 20000000
RUNS     ?= 3
TASKS    ?= 1000000
LDFLAGS  ?= -s -w
export GOFLAGS := -mod=readonly
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := build
.PHONY: help build demo test race fuzz golden docs lint check bench bench-logs bench-duckdb bench-peers bench-itself spark-test gate labelled accuracy clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

build: ## build bin/stagecoach, one static binary
	$(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN) ./cmd/stagecoach

demo: build ## run the whole loop on generated taxi data; leaves out/demo/report.html
	$(BIN) demo --out out/demo

test: ## run all tests
	$(GO) test -timeout 20m $(PKGS)

race: ## run the tests of what is concurrent under the race detector
	CGO_ENABLED=1 $(GO) test -race -short $(RACE)

# Counted, not timed: when a time is up, Go 1.26 may call inputs that still run a failure (go.dev/issue/75804).
fuzz: ## fuzz every parser with FUZZTIME inputs each
	@for target in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for name in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$target/*_test.go | cut -d' ' -f2); do \
	    echo "fuzz $$target $$name"; $(GO) test $$target -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) || exit 1; \
	  done; done

golden: ## rewrite the golden files of the tests; read the diff as code
	$(GO) test ./advisor/rules ./tui/... ./profiler/... -rewrite

docs: build ## print the reference pages from the tables
	@mkdir -p docs
	@for page in metrics params rules lint functions workloads profile advise; do $(BIN) docs $$page > docs/$$page.md; done
	@$(BIN) docs advise-schema > docs/advise.schema.json

lint: ## format, vet, staticcheck where it is installed
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "gofmt the files above"; exit 1; }
	$(GO) vet $(PKGS)
	$(GO) tool staticcheck $(PKGS)

check: lint test race ## what CI runs: lint, tests, race detector, fresh references, short fuzz, the gate
	@$(MAKE) --no-print-directory docs
	@git diff --exit-code -- docs || { echo "docs/ is stale: run make docs and commit"; exit 1; }
	@$(MAKE) --no-print-directory fuzz FUZZTIME=8000x
	@$(MAKE) --no-print-directory gate

bench: build ## measure the workloads; writes out/bench.md and out/bench.json
	@mkdir -p out
	$(BIN) bench --data out/bench --out out/bench

bench-logs: build ## read a generated log of TASKS tasks; prints time, CPU and memory, and those of the History Server of SPARK_PYTHON
	$(GO) run ./benchmarks/logs --bin $(BIN) --dir out/logs --tasks $(TASKS) --runs $(RUNS)

bench-duckdb: build ## compare the zone aggregation with DuckDB, two threads each, in one run
	sh benchmarks/duckdb/compare.sh $(BIN)

bench-peers: ## run the taxi suite of SHARED on the engine, DuckDB and Polars in turns; SPARK=1 adds Spark; writes out/peers.md
	sh benchmarks/peers/compare.sh $(SHARED)/baselines $(ROWS) $(RUNS)

bench-itself: ## run queries of the suite on 2, 20 and 60 M rows, and in less memory; writes out/scaling.md and out/memory.md
	sh benchmarks/peers/itself.sh $(SHARED)/baselines $(RUNS)

spark-test: ## compare SQL statements, partitions, plans and a History Server's answers with Spark 4.0 and 3.5, installed below out/
	sh engine/testdata/spark/test.sh
	@if [ -x out/spark-4.0.1/bin/python ]; then SPARK_PYTHON=$(CURDIR)/out/spark-4.0.1/bin/python $(GO) test ./profiler/... -run HistoryServer -count=1 -v; fi

gate: build ## hold the work one workload does against the stored baseline
	@mkdir -p out
	$(BIN) data generate --rows 200000 --from 2023-01 --to 2023-01 --seed 1 --out out/gate
	$(BIN) gate zone-join --data out/gate --conf 'spark.master=local[2]' --baseline benchmarks/baseline/zone-join.json

labelled: build ## score the advice on the labelled Spark logs of SHARED: recall, precision, confusion, predicted against realised
	python3 advisor/testdata/score.py $(BIN) $(SHARED)

accuracy: ## plant causes and change parameters on the engine, measure how often advice and predictions are right; writes advisor/ACCURACY.md
	$(GO) run ./benchmarks/accuracy --shared $(SHARED) --out advisor/ACCURACY.md

clean: ## delete what was built and generated
	rm -rf bin out
