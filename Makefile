.PHONY: help run demo screenshots build test test-unit test-wasm test-js crash journey score cost bench tray-screenshot idle fuzz lint generate dist install clean

ifeq ($(origin API_KEY),command line)
$(warning every user of this computer can read the arguments of make: leave API_KEY out, and make asks for the key)
endif

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: install build ## try it with play money: a browser, the companion and a sign-up site (LIVE=1: your own account)
	@go run ./scripts/run $(if $(LIVE),-live)

demo: install build ## the same purchase without a screen or a person; pictures in build/demo
	@go run ./scripts/demo

screenshots: install build ## render every state of the popup and the pages, light and dark, into build/screenshots
	@go run ./scripts/screenshots

build: ## build the companion and the extension into build
	@go run ./scripts/build

test: install lint test-unit test-wasm test-js build ## run every check and test
	go test -timeout 5m ./daemon/internal/tray
	go test -timeout 5m -count=1 -p 1 ./scripts/...
	go run ./scripts/demo
	go run ./scripts/score -forms wasm/internal/fields/testdata/pages -floor
	go run ./daemon/e2e journey
	go run ./daemon/e2e crash -kills 300 -workers 8
	@echo "test: ok"

# Without this, the race detector waits for a second at the end of each test program.
test-unit: ## run the Go tests with the race detector
	GORACE=atexit_sleep_ms=0 go test -race -timeout 5m ./daemon/... ./shared/... ./wasm/...

test-wasm: ## run the tests of the shared code as WebAssembly
	GOOS=js GOARCH=wasm go test -exec "$$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./shared/... ./wasm/internal/core ./wasm/internal/jsbridge ./wasm/internal/site

test-js: install ## run the tests of the extension's scripts, without a browser
	@scripts/lint/packages.sh
	node --test $(wildcard extension/test/*.test.js)

crash: install build ## kill the companion during purchases KILLS times, and check that no money is lost (API_URL: another provider on loopback; asks for its key)
	@go run ./daemon/e2e crash -kills $(or $(KILLS),100) $(if $(API_URL),-api "$(API_URL)")

journey: install build ## make one purchase without a browser, and print a report as JSON (API_URL: another provider on loopback; asks for its key)
	@go run ./daemon/e2e journey $(if $(API_URL),-api "$(API_URL)")

score: install build ## fill the labelled pages in the folder FORMS with BROWSER (chromium or firefox), and report which are right (ONLY: a pattern of file names; OUT: a file for the result as JSON)
	@go run ./scripts/score -forms "$(FORMS)" -browser $(or $(BROWSER),chromium) $(if $(ONLY),-only "$(ONLY)") $(if $(OUT),-out "$(OUT)")

cost: install build ## measure how long the extension needs to read a page of 2,000 fields
	@go run ./scripts/score -cost

bench: install build ## measure how fast it is, compared with baselines; the result is in build/bench.json (ONLY: a pattern of figures)
	@go run ./scripts/bench $(if $(ONLY),-only "$(ONLY)")

tray-screenshot: install build ## render the tray in a real panel, light and dark, into build/tray
	@go run ./daemon/e2e tray

idle: install build ## measure memory, processor time and provider calls during an idle minute, compared with an empty program
	@go run ./daemon/e2e idle -patience 60s

fuzz: ## run each fuzz test for FUZZTIME (1m)
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),1m) $$p || exit 1; done; done

lint: install build ## check formatting, vet, staticcheck, ESLint, JSDoc types and the Firefox package
	scripts/lint/lint.sh

generate: ## write PROTOCOL.md, the extension's types and the icons
	go run ./scripts/generate
	go run ./scripts/icons

dist: ## pack a release into build/dist: packages, archives, extensions, checksums, bill of materials
	@scripts/tools.sh scripts/dist/nfpm
	@go run ./scripts/dist

install: ## install what the tests and the demo need, on Debian or Ubuntu
	@scripts/install.sh

clean: ## remove what was built
	rm -rf build scripts/lint/node_modules
