# Slipway: what can be made. "make run" builds and opens the window, "make test" tests everything.

TAGS := migrated_fynedo
GO := go
SHELL := /bin/bash
PACKAGES := ./...

.PHONY: run build check test test-short test-engines test-engines-all test-windows test-pictures bench soak proofs
.PHONY: lint fmt screenshots clean deps-build deps-test

run: build
	./slipway

build: deps-build
	$(GO) build -tags $(TAGS) -o slipway .

# Installs what the build needs, after saying what; prints the commands where it cannot.
deps-build:
	@.ci/deps build

deps-test:
	@.ci/deps test

# Everything: pure parts, real engines, the window in process and on a display of its own.
test: deps-test
	$(GO) test -race -tags $(TAGS) -timeout 30m $(PACKAGES)

# The contract on Debian's Docker, on one as new as users have it (built from source the first time) and on Podman, as a
# table.
test-engines: deps-test
	.ci/engines
	SLIPWAY_ENGINES=1 bash -o pipefail -c "$(GO) test -tags $(TAGS) -count=1 -timeout 20m -run 'TestEngines$$' -v ./engine | grep -v '^ *=== \|^ *--- PASS'"

# Then the rest of what talks to an engine, on the last two.
test-engines-all: test-engines
	SLIPWAY_TEST_ENGINE=modern $(GO) test -tags $(TAGS) -timeout 40m -skip TestContract ./engine ./engine/session ./engine/rescue ./engine/actions ./engine/headless
	SLIPWAY_TEST_ENGINE=podman $(GO) test -tags $(TAGS) -timeout 40m -skip TestContract ./engine ./engine/enginetest

# Builds the program for Windows (about five minutes the first time) and clicks through it with wine, beside the one for this computer.
# Keeps the pictures of both in slipway-TestWindows in the folder for temporary files.
test-windows:
	@.ci/deps windows
	@began=$$(date +%s); SLIPWAY_WINDOWS=1 bash -o pipefail -c "$(GO) test -tags $(TAGS) -count=1 -timeout 20m -run 'TestWindows$$' -v ./gui | grep -v '^ *=== '"; ended=$$?; echo "test-windows: $$(($$(date +%s) - began)) seconds"; exit $$ended

# Figures, each beside what it is measured against in the same run.
bench: deps-test
	.ci/engines
	@printf '| %-60s | %-28s | %-46s | %-9s | %-24s | %-6s |\n' what measured "beside what" ratio aim "" ---- ---- ---- ---- ---- ----
	@SLIPWAY_BENCH=1 bash -o pipefail -c "$(GO) test -tags $(TAGS) -count=1 -p 1 -run TestMeasure -timeout 30m -v ./gui ./gui/containers ./engine/session ./engine/actions | grep '^|\|^FAIL\|_test.go:'"

# Ends Slipway and the engine with SIGKILL, at each request of everything that saves, replaces or removes, and 100 times each at
# random (about an hour). A failed run is repeated with SLIPWAY_SEED.
SOAK := 100
soak: deps-test
	SLIPWAY_SOAK=$(SOAK) bash -o pipefail -c "$(GO) test -tags $(TAGS) -count=1 -timeout 3h -run TestSoak -v ./engine/actions | grep -v '^ *=== \|^ *--- PASS'"

# Random settings of containers, made again by their lines beside docker itself. Random containers whose own files must be named and saved before a removal (a failed run is repeated with SLIPWAY_SEED), and
# 100,000 files copied beside "docker cp". Then 3,000 times each what another program does to a folder in the worst moment.
# Prints figures. At last anything at all is printed in terminals, for ten minutes.
PROOFS := 200
FUZZ := 10m
proofs: deps-test
	SLIPWAY_PROOFS=$(PROOFS) bash -o pipefail -c "$(GO) test -tags $(TAGS) -count=1 -p 1 -timeout 2h -run 'TestRandomSpecs$$|TestRandomContainers$$|TestCopiesMany$$|Race$$' -v ./engine ./engine/rescue ./engine/actions ./engine/notebook | grep '^ *[a-z_]*_test.go:\|^--- \|^ *--- FAIL\|^ok\|^FAIL\|^panic'"
	@began=$$(date +%s); $(GO) test -tags $(TAGS) -run '^$$' -fuzz 'FuzzTerminal$$' -fuzztime $(FUZZ) -fuzzminimizetime 20x ./gui/kit/terminal; ended=$$?; echo "FuzzTerminal: $$(($$(date +%s) - began)) seconds"; exit $$ended

# Formats and lint: .golangci.yml says what is asked, and what not, and why. golangci-lint is built into the cache of the tests, once.
lint:
	@began=$$(date +%s); nice $$(.ci/golangci) run; ended=$$?; echo "lint: $$(($$(date +%s) - began)) seconds"; exit $$ended

# What a change needs: lint, and beside it all tests that need no root, no display and no engine. They wait more than
# they compute, so more of them run at once than there are processors, and lint computes while they wait. It vets them.
check:
	@$(MAKE) --no-print-directory -j2 lint test-short

test-short:
	@began=$$(date +%s); GOGC=400 $(GO) test -p 8 -vet=off -short -tags $(TAGS) $(PACKAGES) | grep -v 'no test files'; \
	ended=$${PIPESTATUS[0]}; echo "tests: $$(($$(date +%s) - began)) seconds"; exit $$ended

fmt:
	$$(.ci/golangci) fmt

# Draws every page and holds that it is the picture in assets/screenshots, and that each has room for other languages.
test-pictures:
	@began=$$(date +%s); $(GO) test -tags $(TAGS) -count=1 -run 'TestPictures$$|TestMadeUpLanguage$$' -timeout 20m ./gui; ended=$$?; echo "test-pictures: $$(($$(date +%s) - began)) seconds"; exit $$ended

# Every page, light and dark, into assets/screenshots: on an engine in memory, and the same on every computer.
screenshots:
	SLIPWAY_SCREENSHOTS=$(CURDIR)/assets/screenshots $(GO) test -tags $(TAGS) -count=1 -run 'TestPictures$$' -timeout 20m ./gui

clean:
	rm -f slipway slipway.exe
