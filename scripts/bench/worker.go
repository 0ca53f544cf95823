package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/logspanel/companion/scripts/browser"
)

const (
	awakeFigure     = "a worker, cold until its first answer"
	connectedFigure = "a worker, cold until connected"
)

const workerRepeats = 20

// wakeJS connects from a page of the extension to a stopped worker, and waits for its first
// message and for one that matches. Times are those of the page, in milliseconds.
const wakeJS = `new Promise((resolve) => {
	const begun = performance.now();
	let first;
	const port = chrome.runtime.connect({ name: "popup" });
	port.onMessage.addListener((message) => {
		first ??= performance.now() - begun;
		if (!(%s)(message)) return;
		port.disconnect();
		resolve({ first, connected: performance.now() - begun });
	});
})`

// These conditions hold for the first message of a connected worker: the view has a balance
// that is not marked stale, or the baseline's worker has its snapshot.
const (
	connectedJS = `(message) => {
		const said = JSON.stringify(message.view ?? {});
		return said.includes('"key":"balance"') && !said.includes('"key":"stale"');
	}`
	baselineConnectedJS = `(message) => message.snapshot`
)

// startBackendJS starts the backend in a page as the worker does, and returns the time of
// each stage in milliseconds. Chromium caches compiled modules within a process, so a
// custom section with a random name makes the module a different one each time.
const startBackendJS = `(async () => {
	await import("/wasm_exec.js");
	const times = [performance.now()];
	const lap = () => times.push(performance.now());
	const bytes = await (await fetch("/companion.wasm")).arrayBuffer();
	lap();
	const other = new Blob([bytes.slice(0, 8), new Uint8Array([0, 37, 36]), crypto.randomUUID(), bytes.slice(8)], { type: "application/wasm" });
	lap();
	const module = await WebAssembly.compileStreaming(new Response(other));
	lap();
	const go = new Go();
	const ready = new Promise((resolve) => { globalThis.companionReady = resolve; });
	go.run(await WebAssembly.instantiate(module, go.importObject));
	await ready;
	lap();
	return { read: times[1] - times[0], compile: times[3] - times[2], run: times[4] - times[3] };
})()`

type startTimes struct{ Read, Compile, Run float64 }

// wakeTimes are the times until a worker's first message, and until it is connected.
type wakeTimes struct{ First, Connected float64 }

// measureWorker repeatedly stops and wakes the worker, and the baseline's worker.
func measureWorker(ctx context.Context) ([]Figure, error) {
	return withSetup(ctx, func(s *setup) ([]Figure, error) {
		// An icon is a page of the extension that runs no scripts.
		waker, err := s.chromium.Open(s.chromium.ExtensionURL("icons/16.png"))
		if err != nil {
			return nil, err
		}
		beside, err := s.chromium.Open(s.baselineChromium.ExtensionURL("waker.html"))
		if err != nil {
			return nil, err
		}
		var first, connect, shake, plainFirst, plainConnect []float64
		for i := range workerRepeats + 1 {
			w, err := wakeCold(s.chromium, waker, connectedJS)
			if err != nil {
				return nil, err
			}
			p, err := wakeCold(s.baselineChromium, beside, baselineConnectedJS)
			if err != nil {
				return nil, fmt.Errorf("the plain worker: %w", err)
			}
			if i == 0 {
				continue
			}
			first, connect, shake = append(first, w.First), append(connect, w.Connected), append(shake, w.Connected-w.First)
			plainFirst, plainConnect = append(plainFirst, p.First), append(plainConnect, p.Connected)
		}
		awake := newComparison(awakeFigure, "ms", first, "a plain worker's first word", plainFirst)
		if err := s.chromium.StopWorker(); err != nil {
			return nil, err
		}
		if err := s.divideStart(&awake); err != nil {
			return nil, fmt.Errorf("start the backend in a page: %w", err)
		}
		whole := newComparison(connectedFigure, "ms", connect, "a plain worker and socket", plainConnect)
		whole.addPart("first answer → connected", shake)
		return []Figure{awake, whole}, nil
	})
}

// divideStart measures the stages of a cold start, in pages that start the backend the same
// way.
func (s *setup) divideStart(f *Figure) error {
	var read, compile, run []float64
	for range workerRepeats {
		page, err := s.chromium.Open(s.chromium.ExtensionURL("icons/16.png"))
		if err != nil {
			return err
		}
		took, err := browser.Eval[startTimes](page, startBackendJS)
		if err := errors.Join(err, page.Close()); err != nil {
			return err
		}
		read, compile, run = append(read, took.Read), append(compile, took.Compile), append(run, took.Run)
	}
	f.addPart("in a page: read the backend's file", read)
	f.addPart("in a page: compile it, read before", compile)
	f.addPart("in a page: Go starts", run)
	return nil
}

func wakeCold(c *browser.Chromium, waker *browser.Page, until string) (wakeTimes, error) {
	if err := errors.Join(waker.BringToFront(), c.StopWorker()); err != nil {
		return wakeTimes{}, err
	}
	return browser.Eval[wakeTimes](waker, fmt.Sprintf(wakeJS, until))
}
