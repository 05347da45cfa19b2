# The toolchain and the experiment that the fast kernels need. Go fetches the
# toolchain by itself; without both, everything works on gonum's kernels.
export GOTOOLCHAIN ?= go1.27.3
export GOEXPERIMENT ?= simd

# The version that the server tells; without git, it is what Go knows of it.
VERSION = -ldflags "-X main.version=$(shell git describe --tags --always --dirty 2>/dev/null)"

TOOLS := $(CURDIR)/bin/tools
STATICCHECK := $(TOOLS)/staticcheck-v0.8.2
GOVULNCHECK := $(TOOLS)/govulncheck-v1.9.0
AXE := $(TOOLS)/axe-core-4.14.1

.PHONY: demo manifests dashboards rules soak serve test train eval kernels bench hostile lint vulnerabilities axe fuzz build clean

serve: ## serve on :8080 with the embedded weights; flags in ARGS
	go build $(VERSION) -o bin/server ./cmd/server && exec bin/server $(ARGS)

demo: ## three servers, HAProxy and Prometheus on :8080 and above
	go build $(VERSION) -o bin/server ./cmd/server && exec deploy/demo

soak: ## ten minutes of load through the balancer, on this machine; flags in ARGS, with --overload twice what one server can; writes runs/soak
	go build $(VERSION) -o bin/server ./cmd/server && go run ./deploy/soak $(ARGS)

manifests: ## compares Kubernetes' manifests with its API, in a module of its own
	cd deploy/kubernetes/validate && go vet ./... && go test -count=1 ./... # Go's cache does not see files outside of the module

dashboards: ## Grafana's dashboards anew
	go run ./deploy/dashboards deploy/grafana/dashboards

RULES := deploy/kubernetes/overlays/production/rules.yaml

rules: ## Prometheus' rules anew as what its operator reads
	{ printf '# Written by make rules.\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: digits}\nspec:\n  groups:\n'; \
	for file in rules alerts; do sed '1,/^groups:/d; s/^/  /' deploy/prometheus/$$file.yaml; done; } > $(RULES).tmp && mv $(RULES).tmp $(RULES)

test: ## every test
	go test $(ARGS) ./...

train: ## train the book's network; flags in ARGS
	go run $(VERSION) ./cmd/train $(ARGS)

eval: ## figures of a weights file on the test set; flags in ARGS
	go run ./cmd/train eval $(ARGS)

kernels: ## the tests of the kernels, with vectors of every size that the machine has
	for bits in 0 128 256 512; do \
		if GODEBUG=simd=$$bits go test -count=1 -run '^$$' ./internal/f32 2>&1 | grep -q 'larger than the simd length'; then echo "no vectors of $$bits bits here"; continue; fi; \
		GODEBUG=simd=$$bits go test ./internal/f32 ./pkg/cnn || exit; done

build: ## static binaries in bin/
	CGO_ENABLED=0 go build -trimpath $(VERSION) -o bin/ ./cmd/...

bench: ## benchmarks, in benchstat's format
	go test -run '^$$' -bench . -benchmem $(ARGS) ./...

hostile: ## the long forms of the tests against hostile clients, with figures
	go test -count=1 -v -timeout 30m -run 'Hostile|Slow|Random' ./internal/httpapi -hostile

lint: $(STATICCHECK) ## formatting, vet, staticcheck, tidiness of go.mod
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt -w the files above"; exit 1; }
	go vet ./...
	$(STATICCHECK) ./...
	go mod tidy -diff

vulnerabilities: $(GOVULNCHECK) ## known vulnerabilities; needs vuln.go.dev
	$(GOVULNCHECK) ./...

axe: $(AXE) ## axe-core, which judges the pages' accessibility in the browser's tests; needs npm

FUZZTIME ?= 1m
fuzz: ## every fuzz target for FUZZTIME each; by default Go spends most of it on making large files smaller
	@set -e; for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "== $$package $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$package; \
	  done; done

clean:
	rm -rf bin

$(STATICCHECK):
	GOBIN=$(TOOLS) go install honnef.co/go/tools/cmd/staticcheck@v0.8.2
	mv $(TOOLS)/staticcheck $@

$(GOVULNCHECK):
	GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@v1.9.0
	mv $(TOOLS)/govulncheck $@

$(AXE):
	mkdir -p $@.tmp
	cd $@.tmp && npm pack --silent axe-core@4.14.1 && tar xzf axe-core-4.14.1.tgz --strip-components=1 package/axe.min.js package/LICENSE
	mv $@.tmp $@
