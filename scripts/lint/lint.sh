#!/bin/sh
# Checks the whole project: formatting (gofumpt), vet for every system, staticcheck, the
# workflows (actionlint), the JavaScript (Prettier, ESLint, and its types by tsc), and the built
# extension by the rules of Firefox. The tools are pinned in this folder.
set -eu
cd "$(dirname "$0")/../.."

scripts/tools.sh scripts/lint

unformatted=$(build/tools/gofumpt -l daemon scripts shared wasm)
if [ -n "$unformatted" ]; then
	echo "lint: format these with build/tools/gofumpt -w:" $unformatted >&2
	exit 1
fi

go vet ./...
GOOS=js GOARCH=wasm go vet ./wasm/... ./shared/...
GOOS=windows go vet ./daemon/...
GOOS=darwin CGO_ENABLED=0 go vet ./daemon/...
GOOS=windows go build -trimpath -o build/logspanel-companion.exe ./daemon
GOOS=darwin CGO_ENABLED=0 go build -trimpath -o build/logspanel-companion-darwin ./daemon

build/tools/staticcheck ./...
GOOS=js GOARCH=wasm build/tools/staticcheck ./wasm/...

# Shellcheck and pyflakes are turned off, so that the result is the same on every machine.
build/tools/actionlint -shellcheck= -pyflakes= .github/workflows/*.yml

scripts/lint/packages.sh
tools=scripts/lint/node_modules/.bin
$tools/prettier --config scripts/lint/prettier.json --check --log-level=warn "extension/**/*.js" "scripts/**/*.js"
$tools/eslint -c scripts/lint/eslint.config.mjs extension scripts
$tools/tsc -p extension
$tools/web-ext lint --source-dir build/extension/firefox --warnings-as-errors
