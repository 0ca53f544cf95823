package main

import (
	"fmt"
	"strings"

	"github.com/logspanel/companion/scripts/browser"
	"github.com/logspanel/companion/scripts/companion"
	"github.com/logspanel/companion/shared/money"
)

func (d *demo) startCompanion() (err error) {
	d.companion, err = companion.Start(d.ctx, "build/logspanel-companion")
	return err
}

func (d *demo) startChromium() (err error) {
	d.chromium, err = browser.StartChromium(d.ctx, "build/extension/chromium")
	if err != nil {
		return err
	}
	return d.chromium.WaitForWelcome()
}

func (d *demo) openSite() (err error) {
	d.site, err = d.chromium.Open(d.companion.Provider + "/signup/plain")
	if err != nil {
		return err
	}
	return d.takePicture(d.site, "site")
}

func (d *demo) openPopup() (err error) {
	d.popup, err = d.chromium.Popup(d.site)
	return err
}

func (d *demo) pair() error {
	if err := d.openPopup(); err != nil {
		return err
	}
	code, err := d.companion.Pair(d.ctx)
	if err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="pair-code"]')`); err != nil {
		return err
	}
	if err := d.takePicture(d.popup, "first-run"); err != nil {
		return err
	}
	if err := d.popup.Type(browser.Key("pair-code"), code); err != nil {
		return err
	}
	return d.popup.Click(browser.Key("pair"))
}

func (d *demo) checkProposal() error {
	if err := d.readBalance(&d.startBalance); err != nil {
		return err
	}
	heading, err := d.popup.Text(browser.Key("proposed"))
	if err != nil {
		return err
	}
	if !strings.Contains(heading, "Telegram") {
		return fmt.Errorf("the popup proposes %q on a site that calls itself Telegram", heading)
	}
	if err := d.popup.Wait(`document.querySelectorAll(".offer").length > 5 && !document.querySelector('[data-key="loading"]')`); err != nil {
		return err
	}
	return d.takePicture(d.popup, "proposed")
}

// readBalance reads the balance from the provider, and waits until the popup shows the
// same.
func (d *demo) readBalance(into *money.Money) error {
	balance, err := d.companion.Balance(d.ctx)
	if err != nil {
		return err
	}
	*into = balance
	return d.popup.Wait(fmt.Sprintf(`document.querySelector('[data-key="balance"]')?.innerText.replace(/[^\d.]/g, "") === %q`, balance.Decimal()))
}

func (d *demo) pickOffer() error {
	if err := d.popup.Type(browser.Key("search"), "telegram nigeria"); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelectorAll(".offer").length === 1`); err != nil {
		return err
	}
	if err := d.takePicture(d.popup, "search"); err != nil {
		return err
	}
	if err := d.popup.Click(".offer"); err != nil {
		return err
	}
	return d.readPrice("confirm")
}

func (d *demo) readPrice(picture string) error {
	price, err := d.popup.Text(browser.Key("quote-price") + " dd")
	if err != nil {
		return err
	}
	decimal := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return -1
	}, price)
	if d.price, err = money.Parse(decimal, d.startBalance.Currency); err != nil {
		return err
	}
	return d.takePicture(d.popup, picture)
}

func (d *demo) buy() error {
	if err := d.popup.Click(browser.Key("buy")); err != nil {
		return err
	}
	number, err := d.popup.Text(browser.Key("number"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(number, "+234") {
		return fmt.Errorf("a Nigerian number was bought, and %s came", number)
	}
	return d.takePicture(d.popup, "bought")
}

func (d *demo) fillNumber() error {
	if err := d.popup.Click(browser.Key("fill-number")); err != nil {
		return err
	}
	// The popup closes while the page is filled. Opened again, it says what was filled.
	if err := d.site.Wait(`document.querySelector("#country").value.toLowerCase() === "ng" && document.querySelector("#phone").value.length >= 8`); err != nil {
		return err
	}
	if err := d.takePicture(d.site, "site-number"); err != nil {
		return err
	}
	if err := d.openPopup(); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="number-filled"].ok')`); err != nil {
		return err
	}
	return d.takePicture(d.popup, "number-filled")
}

func (d *demo) sendCode() error {
	if err := d.popup.Close(); err != nil {
		return err
	}
	if err := d.site.Click("button[type=submit]"); err != nil {
		return err
	}
	return d.site.Wait(`document.querySelector("#code")`)
}

func (d *demo) waitForCode() error {
	if err := d.site.Wait(`/^\d{6}$/.test(document.querySelector("#code")?.value)`); err != nil {
		return err
	}
	if err := d.takePicture(d.site, "site-code"); err != nil {
		return err
	}
	if err := d.site.Click("button[type=submit]"); err != nil {
		return err
	}
	if err := d.site.Wait(`document.querySelector("#welcome")`); err != nil {
		return err
	}
	return d.takePicture(d.site, "site-welcome")
}

func (d *demo) checkBalance() error {
	if err := d.openPopup(); err != nil {
		return err
	}
	var now money.Money
	if err := d.readBalance(&now); err != nil {
		return err
	}
	want, err := d.startBalance.Sub(d.price)
	if err != nil {
		return err
	}
	if now != want {
		return fmt.Errorf("the balance was %s and the price %s, so %s should be left, not %s", d.startBalance, d.price, want, now)
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="code"]')`); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="code-filled"].ok')`); err != nil {
		return err
	}
	if err := d.takePicture(d.popup, "code"); err != nil {
		return err
	}
	d.startBalance = now
	return d.popup.Close()
}

func (d *demo) openBoxes() (err error) {
	d.site, err = d.chromium.Open(d.companion.Provider + "/signup/boxes")
	return err
}

func (d *demo) raisePrice() error {
	if err := d.openPopup(); err != nil {
		return err
	}
	if err := d.popup.Click(browser.Key("back")); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector(".offer:enabled")`); err != nil {
		return err
	}
	offer, err := browser.Eval[string](d.popup, `document.querySelector(".offer:enabled").dataset.key`)
	if err != nil {
		return err
	}
	if err := d.popup.Click(".offer:enabled"); err != nil {
		return err
	}
	if err := d.readPrice("second-confirm"); err != nil {
		return err
	}
	old, higher := d.price, d.price
	higher.Minor += 50_00
	if err := d.companion.SetPrice(d.ctx, offer[strings.LastIndex(offer, ":")+1:], higher); err != nil {
		return err
	}
	if err := d.popup.Click(browser.Key("buy")); err != nil {
		return err
	}
	problem, err := d.popup.Text(browser.Key("problem"))
	if err != nil {
		return err
	}
	if !strings.Contains(problem, old.Decimal()) || !strings.Contains(problem, higher.Decimal()) {
		return fmt.Errorf("the price rose from %s to %s, and the popup says %q", old, higher, problem)
	}
	if err := d.readPrice("price-changed"); err != nil {
		return err
	}
	if d.price != higher {
		return fmt.Errorf("the price is %s now, and the popup asks for %s", higher, d.price)
	}
	balance, err := d.companion.Balance(d.ctx)
	if err != nil {
		return err
	}
	if balance != d.startBalance {
		return fmt.Errorf("nothing was to be bought at the new price, and %s of %s are left", balance, d.startBalance)
	}
	return nil
}

func (d *demo) buySecond() error {
	if err := d.popup.Click(browser.Key("buy")); err != nil {
		return err
	}
	if err := d.popup.Click(browser.Key("fill-number")); err != nil {
		return err
	}
	if err := d.site.Wait(`document.querySelector("#phone").value.length >= 8`); err != nil {
		return err
	}
	if err := d.openPopup(); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="number-filled"].ok')`); err != nil {
		return err
	}
	return d.takePicture(d.popup, "second")
}

func (d *demo) replaceNumber() error {
	old, err := d.popup.Text(browser.Key("number"))
	if err != nil {
		return err
	}
	if err := d.popup.Click(browser.Key("replace")); err != nil {
		return err
	}
	if _, err := d.popup.Text(browser.Key("replaces")); err != nil {
		return err
	}
	if err := d.takePicture(d.popup, "another"); err != nil {
		return err
	}
	if err := d.popup.Click(browser.Key("buy")); err != nil {
		return err
	}
	number, err := d.popup.Text(browser.Key("number"))
	if err != nil {
		return err
	}
	if number == old {
		return fmt.Errorf("the site refused %s, and the same number came again", number)
	}
	var now money.Money
	if err := d.readBalance(&now); err != nil {
		return err
	}
	want, err := d.startBalance.Sub(d.price)
	if err != nil {
		return err
	}
	if now != want {
		return fmt.Errorf("one number of %s is rented, so %s should be left of %s, not %s", d.price, want, d.startBalance, now)
	}
	return nil
}

func (d *demo) cancel() error {
	if err := d.popup.Click(browser.Key("cancel")); err != nil {
		return err
	}
	if err := d.popup.Wait(`document.querySelector('[data-key="refunded"]')`); err != nil {
		return err
	}
	return d.takePicture(d.popup, "refunded")
}

func (d *demo) checkRefund() error {
	var now money.Money
	if err := d.readBalance(&now); err != nil {
		return err
	}
	if now != d.startBalance {
		return fmt.Errorf("%s should be back after the refund, not %s", d.startBalance, now)
	}
	for _, section := range []string{"orders", "catalogue"} {
		if err := d.popup.Click(browser.Key("tab-" + section)); err != nil {
			return err
		}
		if err := d.popup.Wait(`!document.querySelector('[data-key="listing"]')`); err != nil {
			return err
		}
		if err := d.takePicture(d.popup, section); err != nil {
			return err
		}
	}
	return nil
}
