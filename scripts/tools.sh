#!/bin/sh
# Builds the tools of a Go module into build/tools, such as: tools.sh scripts/lint
# It builds again only if go.mod, go.sum or the version of Go has changed.
set -eu
cd "$(dirname "$0")/.."

mkdir -p build/tools
built=build/tools/$(echo "$1" | tr / -).built
now=$(go version; cat "$1/go.mod" "$1/go.sum")
if [ "$now" != "$(cat "$built" 2>/dev/null)" ]; then
	GOFLAGS=-trimpath go build -C "$1" -o "$PWD/build/tools/" tool
	echo "$now" >"$built"
fi
