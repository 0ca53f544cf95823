package core

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/logspanel/companion/wasm/internal/view"
)

// display keeps the browser up to date with the state: pages, icon, menu, the cached view, the
// stored session and whether the worker stays awake. It remembers what each was last set to, so
// that only a difference becomes an Effect. It never changes the state.
type display struct {
	*shared
	shownViews    map[int]view.View
	cachedView    view.CachedView
	badge         view.Badge
	menu          []view.MenuItem
	storedSession string
	alive         bool
	synced        bool // this worker has set the menu and KeepAlive, which the browser keeps from an earlier one
}

func newDisplay(s *shared) *display { return &display{shared: s, shownViews: map[int]view.View{}} }

// update adds an effect for everything that differs from the state.
func (d *display) update(session sessionState, alive bool) {
	// The session comes before the views, so that nothing is shown before it is stored.
	if raw, err := json.Marshal(session); err == nil && string(raw) != d.storedSession {
		d.storedSession = string(raw)
		d.do(Effect{Do: StoreSession, Session: d.storedSession})
	}
	for id, name := range d.pages {
		v := view.Page(name, d.state)
		if old, known := d.shownViews[id]; !known || !reflect.DeepEqual(old, v) {
			d.shownViews[id] = v
			d.do(Effect{Do: Show, Page: id, View: &v})
		}
	}
	d.cacheView()
	if badge := view.IconBadge(d.state); !reflect.DeepEqual(badge, d.badge) {
		d.badge = badge
		d.do(Effect{Do: ShowIcon, Badge: &badge})
	}
	if menu := view.ContextMenu(d.state); !d.synced || !reflect.DeepEqual(menu, d.menu) {
		d.menu = menu
		d.do(Effect{Do: ShowMenu, Menu: menu})
	}
	if !d.synced || alive != d.alive {
		d.alive = alive
		d.do(Effect{Do: KeepAlive, On: alive})
	}
	d.synced = true
}

// cacheView stores the view that the next popup shows at first. It only does so while a popup is
// open.
func (d *display) cacheView() {
	if d.state.Snapshot == nil || !slices.Contains(slices.Collect(maps.Values(d.pages)), "popup") {
		return
	}
	if v := view.NewCachedView(d.state); !reflect.DeepEqual(v, d.cachedView) {
		d.cachedView = v
		d.do(Effect{Do: CacheView, CachedView: &v})
	}
}

// dropCachedView deletes the view that the next popup would show at first.
func (d *display) dropCachedView() {
	d.cachedView = view.CachedView{}
	d.do(Effect{Do: CacheView})
}

// forgetPage drops what was shown on a page that was closed.
func (d *display) forgetPage(id int) { delete(d.shownViews, id) }
