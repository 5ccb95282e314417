# Tenon: what to type. `make demo` shows it, `make test` proves it; both bring what they need, and work offline once it is there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What is slow to build or to fetch is kept outside the tree, by version, for all clones of this machine.
TENON_CACHE ?= $(HOME)/.cache/tenon
export TENON_CACHE

GO ?= go
GO_VERSION := $(shell $(GO) env GOVERSION | cut -d. -f1,2)
LINT_VERSION := v2.15.0
LINT := $(TENON_CACHE)/bin/golangci-lint-$(LINT_VERSION)-$(GO_VERSION)

WITHPG := $(GO) run ./tenancy/tenancytest/withpg
PKG ?= ./...
ARGS ?=

.PHONY: help demo test check bench lint build web fmt fmt-check vet laws web-test web-e2e chromium go-test race seeded tools

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: web build ## start Tenon with a demo company on this machine, in the foreground (ARGS: flags of `tenon demo`)
	@exec bin/tenon demo $(ARGS)

test: check web-test go-test ## everything that CI runs: check, then all tests on a real PostgreSQL

check: fmt-check vet lint laws ## formatting, go vet, golangci-lint, the laws of the house

bench: ## benchmarks of PKG (./...) on a real PostgreSQL (ARGS: flags of go test)
	$(WITHPG) $(GO) test -run '^$$' -bench . -benchmem -timeout 60m $(ARGS) $(PKG)

lint: $(LINT) ## golangci-lint, everything on (see .golangci.yml)
	$(LINT) run ./...

build: ## bin/tenon
	$(GO) build -trimpath -o bin/tenon ./cmd/tenon

fmt: $(LINT) ## format all Go files
	$(LINT) fmt ./...

# A check that has never failed proves nothing: each of these proofs must fail on the build that has the defects of internal/seeded.
SEEDED := TestCanariesAreNotHeardByWhoMayNot TestTwoWorldsLookTheSame TestTwoWorldsWithoutNeighbours TestCrowdOverTheLastUnit
seeded: ## the proofs against a deliberately broken build (tag seeded): each must fail
	@mkdir -p bin
	$(GO) test -c -tags seeded -o bin/seeded.test ./cmd/app
	@cd cmd/app; for proof in $(SEEDED); do \
		if TENON_CACHE="$(TENON_CACHE)" ../../bin/seeded.test -test.run "^$$proof$$" -test.timeout 10m >../../bin/seeded.txt 2>&1; then \
			echo "$$proof passes on the broken build: it proves nothing"; exit 1; fi; \
		grep -q "^--- FAIL: $$proof" ../../bin/seeded.txt || { cat ../../bin/seeded.txt; exit 1; }; echo "$$proof sees the defect"; done

race: ## the tests of PKG (./...) under the race detector; slow, so not part of test
	$(WITHPG) $(GO) run ./internal/tools/testsum -race -count=1 -timeout 40m $(ARGS) $(PKG)

tools: $(LINT) ## build the tools that are slow to build (golangci-lint: up to 12 minutes, once)

# The web app's built files are packed into the binary. A page that says so stands in for them where Node is missing.
web: ## build the web app, where there is Node and something changed
	@if [ ! -f web/package.json ]; then exit 0; \
	elif ! command -v npm >/dev/null; then echo 'make web: no npm here, the binary gets the page that says so'; \
	else $(MAKE) --no-print-directory bin/.web; fi

# The parts of the targets above

fmt-check:
	@bad=$$(find . \( -name node_modules -o -name '.?*' -o -path ./bin \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -l); \
	if [ -n "$$bad" ]; then echo 'not formatted (make fmt):'; echo "$$bad"; exit 1; fi

vet:
	$(GO) vet ./...

laws:
	$(GO) test -count=1 -run '^TestLaw' .

# -count=1: a result on another database is not this one's.
go-test:
	@mkdir -p bin
	$(WITHPG) $(GO) run ./internal/tools/testsum -into bin/testsum.txt -count=1 -timeout 30m $(ARGS) $(PKG)

# Types, format and lint, texts in both languages, logic, weight, then a browser through the built program.
web-test: web
	cd web && npm run typecheck && npm run lint && npm run texts && npm run test && npm run budget
	@$(MAKE) --no-print-directory web-e2e

# E2E: which files of web/e2e (all).
E2E ?= e2e/*.test.mjs
web-e2e: web build chromium
	cd web && TENON=../bin/tenon node --test --test-concurrency=1 $(E2E)

# The browser of the machine, or Debian's.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ -n "$${CHROMIUM:-}" ] || { \
		echo 'installing chromium'; as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		{ $$as apt-get install -y --no-install-recommends chromium fonts-noto-cjk || { $$as apt-get update && $$as apt-get install -y --no-install-recommends chromium fonts-noto-cjk; }; } >/dev/null; }

WEB_FILES := $(shell [ -d web ] && find web \( -name node_modules -o -name dist -o -path web/e2e -o -path web/embedded \) -prune -o -type f ! -name '*.go' -print)

bin/.npm: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --prefer-offline
	@mkdir -p bin && touch $@

bin/.web: bin/.npm $(WEB_FILES)
	cd web && npm run build
	$(GO) run ./internal/tools/packweb web/dist web/embedded/app.zip
	@touch $@

# Built in a folder of its own and moved at the end, so that an interrupted build leaves nothing that looks whole.
$(LINT):
	@mkdir -p $(@D)
	@echo 'building golangci-lint $(LINT_VERSION), once for this machine: up to 12 minutes'
	dir=$$(mktemp -d $(TENON_CACHE)/lint.XXXXXX); trap 'rm -rf "$$dir"' EXIT; \
	GOBIN="$$dir" GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION); \
	mv "$$dir/golangci-lint" $@
