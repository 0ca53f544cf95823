package main

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The baseline in the browser is an extension and a program that exchange plain JSON over a
// plain websocket, and do nothing else.
//
//go:embed plain
var baselineFiles embed.FS

// baselineApp is the program's side of the baseline.
type baselineApp struct {
	*httptest.Server
	dir string // of the extension

	mu sync.Mutex
	ws *websocket.Conn // of the worker that connected last
}

// baselineSnapshot is the first message to a worker. It is about as large as the
// companion's.
var baselineSnapshot = map[string]any{"snapshot": map[string]any{"balance": "12500.00", "orders": []string{}}}

func startBaselineApp() (*baselineApp, error) {
	p := &baselineApp{}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	if err := p.writeExtension(); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// writeExtension writes the extension to a temporary folder, with the address of its
// program.
func (p *baselineApp) writeExtension() (err error) {
	if p.dir, err = os.MkdirTemp("", "bench-plain-"); err != nil {
		return err
	}
	files, err := fs.Sub(baselineFiles, "plain")
	if err != nil {
		return err
	}
	address, err := json.Marshal("ws" + strings.TrimPrefix(p.URL, "http"))
	if err != nil {
		return err
	}
	return errors.Join(os.CopyFS(p.dir, files), os.WriteFile(filepath.Join(p.dir, "address.json"), address, 0o600))
}

func (p *baselineApp) serve(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.ws = ws
	err = ws.WriteJSON(baselineSnapshot)
	p.mu.Unlock()
	for err == nil { // the extension sends nothing: this waits for it to leave
		_, _, err = ws.ReadMessage()
	}
	_ = ws.Close()
}

// send writes a message to the worker that connected last, and returns the time just
// before.
func (p *baselineApp) send(message any) (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ws == nil {
		return time.Time{}, errors.New("the plain extension has not connected")
	}
	at := time.Now()
	return at, p.ws.WriteJSON(message)
}

func (p *baselineApp) stop() {
	p.Close()
	_ = os.RemoveAll(p.dir)
}
