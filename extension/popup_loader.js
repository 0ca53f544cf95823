// @ts-check
// Loads the popup's script. A browser shows the popup's window when its page has loaded: it waits
// for scripts that the page names, but not for one that a script imports. The page names this
// one after the elements that the popup fills, since nothing else makes it run after them.

import("./popup.js");
