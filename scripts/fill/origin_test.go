package fill

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/testenv"
)

// testSite serves given documents. Their fields report their values, even from frames with
// an opaque origin.
type testSite struct {
	*httptest.Server
	*reportedValues
	otherOrigin string // the same server under another host name, so another site
}

// reportScript makes a document's fields report their values. BASE is replaced by the
// site's URL.
const reportScript = `<script>
	addEventListener("input", ({ target }) => { new Image().src = "BASE/took?" + new URLSearchParams({ field: target.dataset.name, value: target.value }); }, true);
</script>`

// fieldPage returns a document with one field, which reports under a name.
func fieldPage(name, label, more string) string {
	return fmt.Sprintf(`<!doctype html><html lang=en><title>Verify</title><body><h1>Sign up</h1><label>%s <input data-name="%s" %s></label>%s`, label, name, more, reportScript)
}

func codePage(name string) string { return fieldPage(name, "Verification code", "maxlength=6") }

// newTestSite serves documents by path. Those below /opaque/ are sandboxed, so that their
// origin is opaque.
func newTestSite(t *testing.T, documents map[string]string) *testSite {
	b := &testSite{reportedValues: newReportedValues()}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/took" {
			b.record(r.FormValue("field"), r.FormValue("value"))
			return
		}
		document, known := documents[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/opaque/") {
			w.Header().Set("Content-Security-Policy", "sandbox allow-scripts allow-forms")
		}
		w.Header().Set("Content-Type", cmp.Or(mime.TypeByExtension(path.Ext(r.URL.Path)), "text/html; charset=utf-8"))
		fmt.Fprint(w, strings.NewReplacer("BASE", b.URL, "OTHER", b.otherOrigin).Replace(document))
	}))
	t.Cleanup(b.Close)
	b.otherOrigin = strings.Replace(b.URL, "127.0.0.1", "localhost", 1)
	return b
}

// loopbackHosts are two host names of this computer. To a browser they are different sites.
var loopbackHosts = []string{"http://127.0.0.1/*", "http://localhost/*"}

// escapeAttribute escapes a document for an attribute's value.
func escapeAttribute(document string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;").Replace(document)
}

// opaqueFrames are frames with an opaque origin that ask for a code in the way of the site.
var opaqueFrames = `<p>Enter the verification code.</p>
<iframe width=400 height=200 title=verify sandbox="allow-scripts" src="/inner/sandboxed"></iframe>
<iframe width=400 height=200 title=verify sandbox="allow-scripts allow-forms" srcdoc="` + escapeAttribute(codePage("sandboxed srcdoc")) + `"></iframe>
<iframe width=400 height=200 title=verify src="/opaque/inner"></iframe>
<iframe width=400 height=200 title=verify name=data></iframe>
<iframe width=400 height=200 title=verify name=blob sandbox="allow-scripts"></iframe>
<script>
	const inner = ` + "`" + strings.ReplaceAll(codePage("FRAME"), "</script>", "<\\/script>") + "`" + `;
	document.querySelector("[name=data]").src = "data:text/html," + encodeURIComponent(inner.replace("FRAME", "data"));
	document.querySelector("[name=blob]").src = URL.createObjectURL(new Blob([inner.replace("FRAME", "sandboxed blob")], { type: "text/html" }));
</script>`

// sameSiteFrames are frames that the page wrote itself, so that they have its origin.
var sameSiteFrames = map[string]string{
	"srcdoc": `<iframe width=400 height=200 srcdoc="` + escapeAttribute(codePage("srcdoc")) + `"></iframe>`,
	"blank": `<iframe width=400 height=200></iframe><script>
		const at = document.querySelector("iframe").contentDocument;
		at.open(); at.write(` + "`" + strings.ReplaceAll(codePage("blank"), "</script>", "<\\/script>") + "`" + `); at.close();
	</script>`,
	"blob": `<iframe width=400 height=200></iframe><script>
		document.querySelector("iframe").src = URL.createObjectURL(new Blob([` + "`" + strings.ReplaceAll(codePage("blob"), "</script>", "<\\/script>") + "`" + `], { type: "text/html" }));
	</script>`,
}

const heading = `<!doctype html><html lang=en><title>Sign up</title><body><h1>Sign up</h1>`

// A code goes into documents of the site, whatever their URL. It never goes into a document
// on the site that has an opaque origin, neither by itself nor by a click.
func TestOpaqueFramesGetNothing(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{
		"/number":          fieldPage("number", "Phone number", "type=tel"),
		"/frames":          heading + opaqueFrames,
		"/inner/sandboxed": codePage("sandboxed"),
		"/opaque/inner":    codePage("sandboxed by itself"),
		"/opaque/page":     codePage("opaque page"),
		"/opaque/frames":   heading + opaqueFrames,
	}
	for name, frame := range sameSiteFrames {
		documents["/"+name] = heading + "<p>Enter the verification code.</p>" + frame
	}
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		b.visit(site.URL + "/number")
		b.fillNumber(site, "number")
		site.reset()

		// The code arrives while the page has only opaque frames. A click
		// after that says that it found nothing.
		b.navigate(site.URL + "/frames")
		code := sendCode(t, b.companion.Provider, b.number)
		for page, says := range map[string]string{"/frames": "No code field", "/opaque/page": "sandboxed", "/opaque/frames": "sandboxed"} {
			if page != "/frames" {
				b.navigate(site.URL + page)
			}
			p := b.popup()
			require.NoError(t, p.Wait(`document.querySelector('[data-key="code"]')`))
			require.NoError(t, p.Click(browser.Key("fill-code")))
			b.waitForText(p, "code-filled", says)
			require.NoError(t, p.Close())
			assert.Empty(t, site.snapshot(), page)
			b.navigate(site.URL + "/frames")
		}

		// Frames that the page wrote itself get the code: the first one without a click.
		b.navigate(site.URL + "/srcdoc")
		site.waitForValue(t, "srcdoc", code)
		for name := range sameSiteFrames {
			b.navigate(site.URL + "/" + name)
			site.reset()
			p := b.popup()
			require.NoError(t, p.Click(browser.Key("fill-code")))
			site.waitForValue(t, name, code)
			require.NoError(t, p.Close())
		}
	})
}

// The popup names one site, and the tab has navigated to another.
func TestNavigatedTabIsNotFilled(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": fieldPage("number", "Phone number", "type=tel"), "/other": fieldPage("other", "Phone number", "type=tel")}
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		b.visit(site.URL + "/number")
		p := b.popup()
		b.buy(p)
		b.navigate(site.otherOrigin + "/other")
		require.NoError(t, p.Click(browser.Key("fill-number")))
		b.waitForText(p, "number-filled", "left 127.0.0.1")
		require.NoError(t, p.Close())
		assert.Empty(t, site.snapshot())
		b.navigate(site.URL + "/number")
		p = b.popup()
		require.NoError(t, p.Click(browser.Key("fill-number")))
		site.waitForValue(t, "number", b.number)
	})
}

// Nothing is typed into a page that loaded after the fields were read, on the same site or
// on another. Nothing is typed either if the page's origin is not the one in the plan.
func TestPageLoadedBeforeTypingGetsNothing(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": fieldPage("number", "Phone number", "type=tel"), "/next": fieldPage("next", "Phone number", "type=tel")}
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		b.visit(site.URL + "/number")
		for _, c := range []struct{ changes, next string }{
			{`{}`, site.URL + "/next"},
			{`{}`, site.otherOrigin + "/next"},
			{`{"origin": "https://elsewhere.test"}`, ""},
			{`{"origin": "null"}`, ""},
			{`{"document": ""}`, ""},
		} {
			b.navigate(site.URL + "/number")
			assert.JSONEq(t, `{"kept": false, "gone": true}`, b.callWorker("type", "+2348021230000", c.changes, c.next), "%+v", c)
		}
		assert.Empty(t, site.snapshot())
		b.navigate(site.URL + "/number")
		assert.JSONEq(t, `{"kept": true}`, b.callWorker("type", "+2348021230000", `{}`, ""))
		site.waitForValue(t, "number", "+2348021230000")
	})
}

// A click that failed for lack of access is not repeated when the person changes the
// extension's permissions later, whatever page the tab shows then.
func TestPermissionChangeRepeatsNoClick(t *testing.T) {
	testenv.NeedsBrowsers(t)
	t.Parallel()
	documents := map[string]string{"/code": codePage("code"), "/number": fieldPage("number", "Phone number", "type=tel")}
	site := newTestSite(t, documents)
	b := newTestUser(t, "firefox", loopbackHosts[1:])
	f := b.testBrowser.(firefox)
	b.visit(site.URL + "/code")
	p := b.popup()
	b.buy(p)
	code := sendCode(t, b.companion.Provider, b.number)
	b.waitForText(p, "code", code)
	b.navigate(site.URL + "/code") // Firefox revokes the access of the click
	require.NoError(t, p.Click(browser.Key("fill-code")))
	b.waitForText(p, "code-filled", "no access")
	require.NoError(t, p.Close())
	b.navigate(site.otherOrigin + "/code")
	for _, given := range []bool{true, false} {
		require.NoError(t, f.SetPermission("notifications", given))
		b.waitUntil("the worker knows", func() bool { return b.callWorker("notifies") == strconv.FormatBool(given) })
	}
	b.navigate(site.otherOrigin + "/number")
	p = b.popup()
	b.buyAnother(p)
	require.NoError(t, p.Click(browser.Key("fill-number")))
	site.waitForValue(t, "number", b.number)
	assert.Len(t, site.snapshot(), 1, "only the number was filled")
}

// withShadowedNames surrounds a document's field with elements whose names shadow the DOM
// properties and globals that scripts read.
func withShadowedNames(document string) string {
	var form, page strings.Builder
	for _, name := range []string{
		"accept", "addEventListener", "attributes", "blur", "checkVisibility", "children", "click", "closest", "contains", "dispatchEvent", "elements",
		"firstChild", "firstElementChild", "focus", "form", "getAttribute", "getBoundingClientRect", "getElementById", "getRootNode", "hasAttribute",
		"hasAttributes", "id", "isConnected", "isContentEditable", "lastChild", "length", "localName", "matches", "name", "nextSibling", "nodeName",
		"nodeType", "nodeValue", "offsetHeight", "offsetWidth", "openOrClosedShadowRoot", "parentElement", "parentNode", "querySelector",
		"querySelectorAll", "shadowRoot", "style", "tabIndex", "tagName", "textContent", "value",
	} {
		fmt.Fprintf(&form, "<input type=hidden name=%s>", name)
	}
	for _, name := range []string{
		"activeElement", "addEventListener", "body", "chrome", "browser", "companion", "createElement", "document", "documentElement", "execCommand", "forms",
		"getElementById", "globalThis", "hasFocus", "location", "origin", "page", "parent", "querySelector", "querySelectorAll", "scrollX", "self",
		"Symbol", "title", "top", "URL", "window", "HTMLElement", "Function", "getSelection", "getComputedStyle", "MutationObserver",
	} {
		fmt.Fprintf(&page, "<img id=%[1]s name=%[1]s alt=''><a id=%[1]s name=%[1]s></a><form id=%[1]s name=%[1]s></form><iframe hidden name=%[1]s></iframe><embed hidden name=%[1]s>", name)
	}
	// The names are before and around the field, and in its form.
	return strings.NewReplacer("<label>", page.String()+"<form role=group>"+form.String()+"<fieldset><legend>Sign up</legend><label>", "</label>", "</label></fieldset></form>").Replace(document)
}

func TestShadowedPropertyNames(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": withShadowedNames(fieldPage("number", "Phone number", "type=tel")), "/code": withShadowedNames(codePage("code"))}
	inBothBrowsers(t, loopbackHosts, func(t *testing.T, b *testUser) {
		site := newTestSite(t, documents)
		b.visit(site.URL + "/number")
		b.fillNumber(site, "number")
		p := b.popup()
		b.waitForText(p, "number-filled", "127.0.0.1")
		require.NoError(t, p.Close())
		b.navigate(site.URL + "/code")
		code := sendCode(t, b.companion.Provider, b.number)
		site.waitForValue(t, "code", code)
		assert.Len(t, site.snapshot(), 2)
	})
}
