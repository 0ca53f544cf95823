import assert from "node:assert/strict";
import { test } from "node:test";
import { openWindow, runPageScripts } from "./window.js";

const nigeria = ["NG", "Nigeria", "+234"];
const britain = ["GB", "United Kingdom"]; // shares its calling code

/**
 * Opens a page with a picker of countries, which shows +44, and a number's field on its line.
 * @param {string} options @param {{picker?: string, more?: string}} [other] another picker, with the
 * id cc, and attributes of the field
 */
function open(options, { picker = '<button type="button" id="cc">+44</button>', more = "" } = {}) {
  const window = openWindow(`<form><div data-box="0 100 300 20">
    <div data-box="0 100 60 20">${picker}<ul id="list" style="display: none">${options}</ul></div>
    <input id="tel" type="tel" data-box="70 100 200 20" ${more}></div></form>`);
  const { page, fill } = runPageScripts(window);
  const { document } = window;
  const byId = (id) => document.getElementById(id);
  byId("cc").dataset.box = "0 100 60 20";
  byId("cc").addEventListener("click", () => byId("list").removeAttribute("style"));
  const clicks = [];
  for (const name of ["click", "submit"]) {
    document.addEventListener(name, ({ target }) => clicks.push(target.id || target.localName), true);
  }
  /** Fills a number of a country, and gives the report. */
  const run = (pick = nigeria, dials = pick.at(-1)) => {
    const described = page.describe();
    const field = described.fields.at(-1);
    const steps = [
      { ref: field.picker.ref, option: -1, value: dials, pick },
      { ref: field.ref, option: -1, value: "8021230000", alone: `${dials}8021230000` },
    ];
    const { document: id, origin } = described;
    return fill({ frame: 0, document: id, origin, top: origin, why: "", steps });
  };
  /** Makes the elements that a selector finds show something in the picker when they are clicked. */
  const shows = (selector, show) => {
    for (const one of document.querySelectorAll(selector)) {
      one.addEventListener("click", (event) => {
        event.preventDefault();
        show(byId("cc"), one);
        byId("list").style.display = "none";
      });
    }
  };
  return { window, document, byId, clicks, run, shows };
}

test("an option is found by an attribute; without one the number goes in with its calling code", async () => {
  for (const [code, value] of [
    ["NG", "8021230000"],
    ["DE", "+2348021230000"],
  ]) {
    const { byId, clicks, run, shows } = open(
      `<li role="option" id="option" data-code="${code}">Somewhere</li>`,
    );
    shows("#option", (picker) => {
      picker.textContent = "+234";
    });
    const { detail } = await run();
    assert.equal(byId("tel").value, value);
    assert.equal(detail, code === "NG" ? undefined : "the country could not be chosen");
    assert.equal(clicks.includes("option"), code === "NG");
  }
});

test("no picker that sends the form or leaves the page is clicked", async () => {
  for (const picker of [
    '<button id="cc">x</button>',
    '<input type="image" id="cc">',
    '<a href="/x" id="cc" role="combobox">x</a>',
    '<a href="#/x" id="cc" role="combobox">x</a>',
    '<a href="javascript:document.forms[0].submit()" id="cc" role="combobox">x</a>',
  ]) {
    const { clicks, run } = open("", { picker });
    await run();
    assert.deepEqual(clicks, [], picker);
  }
});

test("the link in an option is clicked where it leads nowhere", async () => {
  for (const href of ["#", "#ng", "javascript:void(0)"]) {
    const { byId, run, shows } = open(`<li><a href="${href}" data-d="+234">Nigeria</a></li>`);
    shows("a", (picker, { dataset }) => {
      picker.textContent = dataset.d;
    });
    assert.equal((await run()).kept, true, href);
    assert.deepEqual([byId("cc").textContent, byId("tel").value], ["+234", "8021230000"], href);
  }
});

test("no link that leads elsewhere is followed, and the number goes in with its calling code", async () => {
  for (const href of ["/ng", "?country=ng", "", "#/ng", "javascript:document.forms[0].submit()"]) {
    const { byId, clicks, run } = open(`<li><a href="${href}">Nigeria +234</a></li>`);
    const report = await run();
    assert.deepEqual(clicks, ["cc"], href);
    assert.equal(byId("tel").value, "+2348021230000", href);
    assert.deepEqual([report.kept, report.detail], [true, "the country could not be chosen"], href);
  }
});

test("a country is chosen in place of another also where it shares its calling code", async () => {
  for (const [option, value] of [
    ["United Kingdom +44", "8021230000"],
    ["Nigeria +234", "+448021230000"],
    ["", "+448021230000"],
  ]) {
    const { byId, run, shows } = open(`<li data-d="+44">${option}</li>`);
    byId("cc").textContent = "+1";
    shows("li", (picker, { dataset }) => {
      picker.textContent = dataset.d;
    });
    const report = await run(britain, "+44");
    assert.deepEqual([report.kept, byId("tel").value], [true, value], option);
  }
});

test("a shared calling code tells no country: the flag beside it does", async () => {
  for (const [shown, value] of [
    ['<i class="iti__flag iti__gb"></i>+44', "8021230000"],
    ['<i class="iti__flag iti__gg"></i>+44', "+448021230000"],
  ]) {
    const { byId, run, clicks } = open("<li>Guernsey</li>");
    byId("cc").innerHTML = shown;
    await run(britain, "+44");
    assert.equal(byId("tel").value, value, shown);
    assert.equal(clicks.length > 0, value.startsWith("+"), shown);
  }
});

test("a picker that shows the same country as before has not chosen", async () => {
  const { byId, run } = open("<li>Nigeria +234</li>");
  const report = await run();
  assert.equal(byId("tel").value, "+2348021230000");
  assert.equal(report.detail, "the country could not be chosen");
});

test("a number that has no room for its calling code is not typed under another country", async () => {
  const { byId, run } = open("<li>Nigeria +234</li>", { more: 'maxlength="11"' });
  assert.equal((await run()).kept, false);
  assert.equal(byId("tel").value, "");
});

test("what a picker shows may be a flag, a name, or a picture that the option had", async () => {
  for (const show of [
    "NG",
    "🇳🇬",
    "Nigeria",
    "234",
    '<img src="/flags/ng.svg">',
    '<i class="fi fi-ng"></i>',
    '<i style="background-position: -20px 7px"></i>',
  ]) {
    const { byId, run, shows } = open(
      '<li><i style="background-position: -20px 7px"></i><b>Nigeria</b> (234)</li>',
    );
    shows("li", (picker) => {
      picker.replaceChildren(byId("cc").ownerDocument.createRange().createContextualFragment(show));
    });
    assert.equal((await run()).kept, true, show);
    assert.equal(byId("tel").value, "8021230000", show);
  }
});

test("an option may be a flag alone", async () => {
  const { byId, run, shows } = open(
    '<li><img src="/flags/ne.svg"></li><li id="ng"><img src="/flags/ng.svg"></li>',
  );
  shows("li", (picker, { firstChild }) => picker.replaceChildren(firstChild.cloneNode()));
  assert.equal((await run()).kept, true);
  assert.equal(byId("cc").firstChild.getAttribute("src"), "/flags/ng.svg");
});

test("one country is not taken for another whose name or calling code begins alike", async () => {
  const chosen = async (options, pick) => {
    const { byId, run, shows } = open(options);
    shows("li", (picker, { id }) => {
      picker.textContent = id;
    });
    await run(pick);
    return byId("cc").textContent;
  };
  const both = '<li id="+234">Nigeria</li><li id="+227">Niger</li>';
  assert.equal(await chosen(both, ["NE", "Niger", "+227"]), "+227");
  assert.equal(await chosen(both, ["XX", "Niger", "+227"]), "+227");
  const shared = '<li id="+1">Here +1</li><li id="+1 ">There +1</li>';
  assert.equal(await chosen(shared, ["CA", "Canada", "+1"]), "+44", "two have the code, and no other sign");
  assert.equal(await chosen('<li id="+1">Any +1</li>', ["CA", "Canada", "+1"]), "+1");
  assert.equal(await chosen('<li id="+225">Nigeria +225</li>', nigeria), "+44", "another country's code");
});

test("a form that the page would send at the click of an option is not sent", async () => {
  const { document, run, shows } = open("<li>Nigeria +234</li>");
  let sent = false;
  document.addEventListener("submit", () => {
    sent = true;
  });
  shows("li", (picker) => {
    picker.textContent = "+234";
    document.forms[0].requestSubmit();
  });
  assert.equal((await run()).kept, true);
  assert.equal(sent, false);
});

test("no field that was there before is taken for the search of a picker", async () => {
  const { byId, document, run } = open("<li>Ghana +233</li>");
  const mail = document.createElement("input");
  document.body.prepend(mail);
  byId("cc").addEventListener("click", () => mail.focus());
  await run();
  assert.equal(mail.value, "");
});

test("a picker that shows another country again after the number is typed is told", async () => {
  const { byId, run, shows } = open("<li>Nigeria +234</li>");
  shows("li", (picker) => {
    picker.textContent = "+234";
  });
  byId("tel").addEventListener("input", () => {
    byId("cc").textContent = "+44";
  });
  assert.equal((await run()).kept, false);
});

test("a calling code that the page cuts off under another country is told", async () => {
  const { byId, run } = open("<li>Ghana +233</li>");
  byId("tel").addEventListener("input", ({ target }) => {
    target.value = target.value.replace("+234", "");
  });
  assert.equal((await run()).kept, false);
});
