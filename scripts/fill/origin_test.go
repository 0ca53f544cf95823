package fill

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/testenv"
)

// board is a site of any pages, whose fields tell what stands in them, from frames of no
// site too.
type board struct {
	*httptest.Server
	*filled
	other string // the same under another name, as another site has it
}

// telling is what a document has in it so that its fields tell. BASE is the site.
const telling = `<script>
	addEventListener("input", ({ target }) => { new Image().src = "BASE/took?" + new URLSearchParams({ field: target.dataset.name, value: target.value }); }, true);
</script>`

// field is a document with one field, which is told of under a name.
func field(name, label, more string) string {
	return fmt.Sprintf(`<!doctype html><html lang=en><title>Verify</title><body><h1>Sign up</h1><label>%s <input data-name="%s" %s></label>%s`, label, name, more, telling)
}

func codeField(name string) string { return field(name, "Verification code", "maxlength=6") }

// newBoard serves documents by their paths; those under /opaque/ are sandboxed.
func newBoard(t *testing.T, documents map[string]string) *board {
	b := &board{filled: newFilled()}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/took" {
			b.take(r.FormValue("field"), r.FormValue("value"))
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
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.NewReplacer("BASE", b.URL, "OTHER", b.other).Replace(document))
	}))
	t.Cleanup(b.Close)
	b.other = strings.Replace(b.URL, "127.0.0.1", "localhost", 1)
	return b
}

// own are the two names of this computer, each a site.
var own = []string{"http://127.0.0.1/*", "http://localhost/*"}

// quoted is a document as an attribute's value.
func quoted(document string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;").Replace(document)
}

// opaqueFrames are frames of no site in which a code is asked for, in the way of the site.
var opaqueFrames = `<p>Enter the verification code.</p>
<iframe width=400 height=200 title=verify sandbox="allow-scripts" src="/inner/sandboxed"></iframe>
<iframe width=400 height=200 title=verify sandbox="allow-scripts allow-forms" srcdoc="` + quoted(codeField("sandboxed srcdoc")) + `"></iframe>
<iframe width=400 height=200 title=verify src="/opaque/inner"></iframe>
<iframe width=400 height=200 title=verify name=data></iframe>
<iframe width=400 height=200 title=verify name=blob sandbox="allow-scripts"></iframe>
<script>
	const inner = ` + "`" + strings.ReplaceAll(codeField("FRAME"), "</script>", "<\\/script>") + "`" + `;
	document.querySelector("[name=data]").src = "data:text/html," + encodeURIComponent(inner.replace("FRAME", "data"));
	document.querySelector("[name=blob]").src = URL.createObjectURL(new Blob([inner.replace("FRAME", "sandboxed blob")], { type: "text/html" }));
</script>`

// inherited are frames that the page wrote itself, which are of its site.
var inherited = map[string]string{
	"srcdoc": `<iframe width=400 height=200 srcdoc="` + quoted(codeField("srcdoc")) + `"></iframe>`,
	"blank": `<iframe width=400 height=200></iframe><script>
		const at = document.querySelector("iframe").contentDocument;
		at.open(); at.write(` + "`" + strings.ReplaceAll(codeField("blank"), "</script>", "<\\/script>") + "`" + `); at.close();
	</script>`,
	"blob": `<iframe width=400 height=200></iframe><script>
		document.querySelector("iframe").src = URL.createObjectURL(new Blob([` + "`" + strings.ReplaceAll(codeField("blob"), "</script>", "<\\/script>") + "`" + `], { type: "text/html" }));
	</script>`,
}

const heading = `<!doctype html><html lang=en><title>Sign up</title><body><h1>Sign up</h1>`

// A code goes into what is of the site, whatever its address; and into nothing that only
// stands on the site, neither by itself nor by a click.
func TestFramesOfNoSiteGetNothing(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{
		"/number":          field("number", "Phone number", "type=tel"),
		"/frames":          heading + opaqueFrames,
		"/inner/sandboxed": codeField("sandboxed"),
		"/opaque/inner":    codeField("sandboxed by itself"),
		"/opaque/page":     codeField("opaque page"),
		"/opaque/frames":   heading + opaqueFrames,
	}
	for name, frame := range inherited {
		documents["/"+name] = heading + "<p>Enter the verification code.</p>" + frame
	}
	inBoth(t, own, func(t *testing.T, b *buyer) {
		site := newBoard(t, documents)
		b.visit(site.URL + "/number")
		p := b.popup()
		b.buy(p)
		require.NoError(t, p.Click(browser.Key("fill-number")))
		site.has(t, "number", b.number)
		require.NoError(t, p.Close())
		site.forget()

		// The code comes while the page has nothing but frames of no site. A click comes
		// after that, and says that it found nothing.
		b.move(site.URL + "/frames")
		code := sendCode(t, b.companion.Provider, b.number)
		for path, says := range map[string]string{"/frames": "No code field", "/opaque/page": "sandboxed", "/opaque/frames": "sandboxed"} {
			if path != "/frames" {
				b.move(site.URL + path)
			}
			p = b.popup()
			require.NoError(t, p.Wait(`document.querySelector('[data-key="code"]')`))
			require.NoError(t, p.Click(browser.Key("fill-code")))
			b.says(p, "code-filled", says)
			require.NoError(t, p.Close())
			assert.Empty(t, site.all(), path)
			b.move(site.URL + "/frames")
		}

		// What the page wrote itself is of its site: the first gets the code by itself.
		b.move(site.URL + "/srcdoc")
		site.has(t, "srcdoc", code)
		for name := range inherited {
			b.move(site.URL + "/" + name)
			site.forget()
			p = b.popup()
			require.NoError(t, p.Click(browser.Key("fill-code")))
			site.has(t, name, code)
			require.NoError(t, p.Close())
		}
	})
}

// The popup names one site, and the tab has moved on to another.
func TestATabThatMovedOnIsNotFilled(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": field("number", "Phone number", "type=tel"), "/other": field("other", "Phone number", "type=tel")}
	inBoth(t, own, func(t *testing.T, b *buyer) {
		site := newBoard(t, documents)
		b.visit(site.URL + "/number")
		p := b.popup()
		b.buy(p)
		b.move(site.other + "/other")
		require.NoError(t, p.Click(browser.Key("fill-number")))
		b.says(p, "number-filled", "left 127.0.0.1")
		require.NoError(t, p.Close())
		assert.Empty(t, site.all())
		b.move(site.URL + "/number")
		p = b.popup()
		require.NoError(t, p.Click(browser.Key("fill-number")))
		site.has(t, "number", b.number)
	})
}

// Nothing is typed into a page that has come between the look and the typing, of the same
// site or of another, whatever it has been looked at for since; and nothing where the page
// finds itself of another site than the plan says.
func TestAPageThatCameBetweenLookAndTypingGetsNothing(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": field("number", "Phone number", "type=tel"), "/next": field("next", "Phone number", "type=tel")}
	inBoth(t, own, func(t *testing.T, b *buyer) {
		site := newBoard(t, documents)
		b.visit(site.URL + "/number")
		for _, c := range []struct{ changes, next string }{
			{`{}`, site.URL + "/next"},
			{`{}`, site.other + "/next"},
			{`{"origin": "https://elsewhere.test"}`, ""},
			{`{"origin": "null"}`, ""},
			{`{"document": ""}`, ""},
		} {
			b.move(site.URL + "/number")
			assert.JSONEq(t, `{"kept": false, "gone": true}`, b.worker("type", "+2348021230000", c.changes, c.next), "%+v", c)
		}
		assert.Empty(t, site.all())
		b.move(site.URL + "/number")
		assert.JSONEq(t, `{"kept": true}`, b.worker("type", "+2348021230000", `{}`, ""))
		site.has(t, "number", "+2348021230000")
	})
}

// A click that found no access is not repeated later, when the person changes what the
// extension may do, in whatever the tab shows then.
func TestAChangeOfPermissionsRepeatsNoClick(t *testing.T) {
	testenv.NeedsBrowsers(t)
	t.Parallel()
	documents := map[string]string{"/code": codeField("code"), "/number": field("number", "Phone number", "type=tel")}
	site := newBoard(t, documents)
	b := newBuyer(t, "firefox", own[1:])
	f := b.user.(firefox)
	b.visit(site.URL + "/code")
	p := b.popup()
	b.buy(p)
	code := sendCode(t, b.companion.Provider, b.number)
	b.says(p, "code", code)
	b.move(site.URL + "/code") // and Firefox forgets that the extension may reach it
	require.NoError(t, p.Click(browser.Key("fill-code")))
	b.says(p, "code-filled", "no access")
	require.NoError(t, p.Close())
	b.move(site.other + "/code")
	for _, given := range []bool{true, false} {
		require.NoError(t, f.Permit("notifications", given))
		b.until("the worker knows", func() bool { return b.worker("notifies") == strconv.FormatBool(given) })
	}
	b.move(site.other + "/number")
	p = b.popup()
	b.buyAnother(p)
	require.NoError(t, p.Click(browser.Key("fill-number")))
	site.has(t, "number", b.number)
	assert.Len(t, site.all(), 1, "the code went nowhere")
}

// hostile is a form whose fields, and a page whose elements, have the names of what scripts
// read.
func hostile(document string) string {
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
	// The names stand before and around the field, and in a form of the group.
	return strings.NewReplacer("<label>", page.String()+"<form role=group>"+form.String()+"<fieldset><legend>Sign up</legend><label>", "</label>", "</label></fieldset></form>").Replace(document)
}

func TestNamesThatShadowWhatScriptsRead(t *testing.T) {
	testenv.NeedsBrowsers(t)
	documents := map[string]string{"/number": hostile(field("number", "Phone number", "type=tel")), "/code": hostile(codeField("code"))}
	inBoth(t, own, func(t *testing.T, b *buyer) {
		site := newBoard(t, documents)
		b.visit(site.URL + "/number")
		p := b.popup()
		b.buy(p)
		require.NoError(t, p.Click(browser.Key("fill-number")))
		site.has(t, "number", b.number)
		require.NoError(t, p.Close())
		p = b.popup()
		b.says(p, "number-filled", "127.0.0.1")
		require.NoError(t, p.Close())
		b.move(site.URL + "/code")
		code := sendCode(t, b.companion.Provider, b.number)
		site.has(t, "code", code)
		assert.Len(t, site.all(), 2)
	})
}
