// @ts-check
// A browser shows the popup's window once its page has loaded, and waits for scripts of
// the page itself, but not for these.

import("./popup.js");
