#!/bin/sh
# Installs the pinned npm packages of lint and of the extension's tests, once for each state of
# the lock file.
set -eu
cd "$(dirname "$0")/../.."

mkdir -p build/tools
if ! cmp -s scripts/lint/package-lock.json build/tools/package-lock.json; then
	npm ci --prefix scripts/lint --ignore-scripts --no-audit --no-fund --loglevel=error
	cp scripts/lint/package-lock.json build/tools/package-lock.json
fi
