.PHONY: help run demo screenshots build test test-unit test-wasm test-js crash journey score cost bench tray-screenshot idle fuzz lint generate dist install clean

ifeq ($(origin API_KEY),command line)
$(warning an argument of make can be read by everybody on this computer: leave API_KEY out, and the key is asked for)
endif

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: install build ## try it: a browser, the companion and a sign-up site, with play money (LIVE=1: your own account)
	@go run ./scripts/run $(if $(LIVE),-live)

demo: install build ## the same journey by itself, without a screen; pictures in build/demo
	@go run ./scripts/demo

screenshots: install build ## every state of the popup and the pages, light and dark, in build/screenshots
	@go run ./scripts/screenshots

build: ## the companion and the extension, in build
	@go run ./scripts/build

test: install lint test-unit test-wasm test-js build ## everything
	go test -timeout 5m ./daemon/internal/tray
	go test -timeout 5m -count=1 -p 1 ./scripts/...
	go run ./scripts/demo
	go run ./scripts/score -forms wasm/internal/fields/testdata/pages -floor
	go run ./daemon/e2e journey
	go run ./daemon/e2e crash -kills 300 -workers 8
	@echo "test: ok"

# The race detector would wait for a second at the end of each of some sixty programs.
test-unit: ## the Go tests, with the race detector
	GORACE=atexit_sleep_ms=0 go test -race -timeout 5m ./daemon/... ./shared/... ./wasm/...

test-wasm: ## the shared code again, as the extension runs it
	GOOS=js GOARCH=wasm go test -exec "$$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./shared/... ./wasm/internal/core ./wasm/internal/jsbridge ./wasm/internal/site

test-js: install ## the extension's scripts, without a browser
	@scripts/lint/packages.sh
	node --test $(wildcard extension/test/*.test.js)

crash: install build ## kill the companion in the middle of purchases, KILLS=n times, and count the money (API_URL: another provider on loopback, whose key is asked for)
	@go run ./daemon/e2e crash -kills $(or $(KILLS),100) $(if $(API_URL),-api "$(API_URL)")

journey: install build ## the whole way once, without a browser; what it saw, as JSON (API_URL: another provider on loopback, whose key is asked for)
	@go run ./daemon/e2e journey $(if $(API_URL),-api "$(API_URL)")

score: install build ## fill the labelled pages of FORMS with the extension in BROWSER (chromium or firefox), and say which it got right (ONLY: a pattern of names; OUT: a file for all of it, as JSON)
	@go run ./scripts/score -forms "$(FORMS)" -browser $(or $(BROWSER),chromium) $(if $(ONLY),-only "$(ONLY)") $(if $(OUT),-out "$(OUT)")

cost: install build ## how long one look at a page of 2,000 fields takes
	@go run ./scripts/score -cost

bench: install build ## how fast it is, each figure beside the least that could do the same; all of it in build/bench.json (ONLY: a pattern of figures)
	@go run ./scripts/bench $(if $(ONLY),-only "$(ONLY)")

tray-screenshot: install build ## the tray in a real panel, light and dark; pictures in build/tray
	@go run ./daemon/e2e tray

idle: install build ## memory, processor and calls while nothing waits for a minute, beside an empty program
	@go run ./daemon/e2e idle -patience 60s

fuzz: ## each fuzz test for a minute (FUZZTIME)
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),1m) $$p || exit 1; done; done

lint: install build ## formatting, vet, staticcheck, ESLint, JSDoc types, the package as Firefox wants it
	scripts/lint/lint.sh

generate: ## PROTOCOL.md, the extension's types and the icons, from Go
	go run ./scripts/generate
	go run ./scripts/icons

dist: ## a release in build/dist: packages, archives, extensions, checksums, bill of materials
	@scripts/tools.sh scripts/dist/nfpm
	@go run ./scripts/dist

install: ## what tests and demo need, where this system is Debian or Ubuntu
	@scripts/install.sh

clean: ## what was built
	rm -rf build scripts/lint/node_modules
