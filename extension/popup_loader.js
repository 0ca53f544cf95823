// @ts-check
// Loads the popup's script. A browser shows the popup's window when its page has loaded: it waits
// for scripts that the page names, but not for one that a script imports.

import("./popup.js");
