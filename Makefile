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

# What is shipped (see docs/install.md). SOURCE_DATE is the commit's, so that the same commit gives the same bytes.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null | sed 's/^v//; s/^\([0-9a-f]\{7,\}\)/0.0.0~\1/')
ARCH ?= $(shell $(GO) env GOARCH)
SOURCE_DATE ?= $(shell git log -1 --format=%cI 2>/dev/null)
NFPM := $(TENON_CACHE)/bin/nfpm-v2.45.2
CYCLONEDX := $(TENON_CACHE)/bin/cyclonedx-gomod-v1.10.0
KUBESCORE := $(TENON_CACHE)/bin/kube-score-v1.20.0

.PHONY: help demo test test-vault stripe-mock-test check bench lint build web fmt fmt-check vet laws web-test web-e2e chromium go-test race seeded tools \
	dist deb bundle image image-offline reproducible chart chart-golden proof-deb proof-image private-proof nodes

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: web build ## start Tenon with a demo company on this machine, in the foreground (ARGS: flags of `tenon demo`)
	@exec bin/tenon demo $(ARGS)

test: check chart web-test go-test ## everything that CI runs: check, then all tests on a real PostgreSQL

test-vault: ## the tests against a real Vault: one that is built here once, or that of VAULT_ADDR and VAULT_TOKEN
	@$(MAKE) --no-print-directory go-test PKG=./keys ARGS='-run TestVault -v $(ARGS)'

stripe-mock-test: ## each call to Stripe against Stripe's own mock, which is built here once (the test itself does that, in `make test` too)
	@$(MAKE) --no-print-directory go-test PKG=./billing/stripepay ARGS='-run TestRequestsAreValid -v $(ARGS)'

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
SEEDED := TestCanariesAreNotHeardByWhoMayNot TestTwoWorldsLookTheSame TestTwoWorldsWithoutNeighbours TestCrowdOverTheLastUnit TestTheProverFindsNoLeak \
	TestTheProverFindsNoLeakInWhatIsSent TestTheProverFindsNoLeakInWhatIsTold
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

# Packages

dist: web ## dist/: the binary, its SBOM, licences and what an image needs, built from the commit
	@mkdir -p dist/empty
	CGO_ENABLED=0 GOFLAGS= GOARCH=$(ARCH) $(GO) build -buildvcs=auto -trimpath -ldflags='-s -w' -o dist/tenon ./cmd/tenon
	@$(MAKE) --no-print-directory dist-around

dist-around: $(CYCLONEDX)
	$(CYCLONEDX) bin -json -noserial -output dist/sbom.cdx.json dist/tenon
	$(GO) version -m dist/tenon >dist/modules.txt
	deploy/licences dist/tenon >dist/licences.txt
	@cp /etc/ssl/certs/ca-certificates.crt dist/

deb: dist $(NFPM) ## dist/tenon_VERSION_ARCH.deb with systemd units
	VERSION='$(VERSION)' ARCH='$(ARCH)' SOURCE_DATE_EPOCH="$$(date -d '$(SOURCE_DATE)' +%s)" $(NFPM) package --config deploy/deb/nfpm.yaml --packager deb --target dist/

bundle: deb ## dist/tenon-VERSION-ARCH-bundle.tar.gz for a host without network, with checksums; KEY=file signs it
	deploy/bundle '$(VERSION)' '$(ARCH)' '$(KEY)'

image: dist ## the image tenon:VERSION from source (needs a builder: BUILDER=docker|podman|buildah)
	$${BUILDER:-docker} build -f deploy/Containerfile --ignorefile deploy/.containerignore -t tenon:'$(subst ~,-,$(VERSION))' . 2>/dev/null || $${BUILDER:-docker} build -f deploy/Containerfile -t tenon:'$(subst ~,-,$(VERSION))' .

image-offline: ## the same image from dist/, without network (BUILD_FLAGS: e.g. --isolation=chroot for buildah where there are no containers)
	$${BUILDER:-docker} build -f deploy/Containerfile --build-arg FROM=prepared $${BUILD_FLAGS---network=none} -t tenon:'$(subst ~,-,$(VERSION))' .

reproducible: ## two builds in two folders give the same bytes
	deploy/reproducible

proof-deb: deb ## install the package into a fresh Debian root with its PostgreSQL, network off, and run the loop (as root; needs debootstrap)
	deploy/proof-deb

private-proof: web build ## a private install in a network with nothing in it but lo: all works but paying, and nothing tries to leave (as root, Linux)
	deploy/proof-private

proof-image: dist ## build the image without network and run what is in it, read-only and not root (as root; needs buildah and PostgreSQL)
	deploy/proof-image

nodes: build ## several processes on one database: rolling restart, a kill, a lost PostgreSQL primary, under load (ARGS: -rate 200)
	$(GO) run ./internal/tools/nodes -tenon bin/tenon $(ARGS)

chart: $(KUBESCORE) ## check the Helm chart: lint, templates against golden files, schemas, pod security, kube-score
	cd helm/check && KUBESCORE=$(KUBESCORE) GOWORK=off $(GO) test -count=1 ./...

chart-golden: ## write the chart's golden files anew, to be looked at in the diff
	cd helm/check && GOWORK=off $(GO) test -count=1 -run TestGolden ./... -update

$(NFPM):
	@mkdir -p $(@D)
	dir=$$(mktemp -d $(TENON_CACHE)/nfpm.XXXXXX); trap 'rm -rf "$$dir"' EXIT; GOBIN="$$dir" GOFLAGS= $(GO) install github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2; mv "$$dir/nfpm" $@

$(CYCLONEDX):
	@mkdir -p $(@D)
	dir=$$(mktemp -d $(TENON_CACHE)/cdx.XXXXXX); trap 'rm -rf "$$dir"' EXIT; GOBIN="$$dir" GOFLAGS= $(GO) install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0; mv "$$dir/cyclonedx-gomod" $@

$(KUBESCORE):
	@mkdir -p $(@D)
	dir=$$(mktemp -d $(TENON_CACHE)/ks.XXXXXX); trap 'rm -rf "$$dir"' EXIT; GOBIN="$$dir" GOFLAGS= $(GO) install github.com/zegl/kube-score/cmd/kube-score@v1.20.0; mv "$$dir/kube-score" $@

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
	$(WITHPG) $(GO) run ./internal/tools/testsum -into bin/testsum.txt -count=1 -timeout 50m $(ARGS) $(PKG)

# Types, format and lint, texts in both languages, logic, weight, then a browser through the built program.
web-test: web
	cd web && npm run typecheck && npm run lint && npm run texts && npm run test && npm run budget
	@$(MAKE) --no-print-directory web-e2e

# E2E: which files of web/e2e, as e2e/loop.test.mjs (all). AT_ONCE: how many at a time (2).
E2E ?=
web-e2e: web build chromium
	$(GO) build -trimpath -o bin/later ./internal/tools/later
	@cd web && TENON=../bin/tenon node e2e/all.mjs $(E2E)

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
