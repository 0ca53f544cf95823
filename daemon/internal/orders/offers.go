package orders

import (
	"context"
	"slices"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const maxAreas = 8

// offers asks the provider what can be bought and for how much. It has no state.
type offers struct {
	provider  Provider
	countries Countries
	observe   func(error) // receives the result of every call
}

func (f *offers) country(ctx context.Context, id string) (protocol.Country, error) {
	list, err := f.countries.Countries(ctx)
	if err != nil {
		return protocol.Country{}, err
	}
	i := slices.IndexFunc(list.Countries, func(c protocol.Country) bool { return c.ID == id })
	if i < 0 {
		return protocol.Country{}, errNotOffered()
	}
	return list.Countries[i], nil
}

// service reads a service in a country with its present price. It fails if no number can be
// bought.
func (f *offers) service(ctx context.Context, countryID, serviceID string) (logspanel.Service, error) {
	services, err := f.provider.Services(ctx, logspanel.ID(countryID))
	f.observe(err)
	if err != nil {
		return logspanel.Service{}, usererr.From(err)
	}
	i := slices.IndexFunc(services, func(s logspanel.Service) bool { return string(s.ID) == serviceID })
	switch {
	case i < 0:
		return logspanel.Service{}, errNotOffered()
	case services[i].Available <= 0:
		return logspanel.Service{}, &protocol.Error{
			Code: protocol.CodeOutOfStock, Message: "no numbers left for this service in this country",
			Next: "choose another country",
		}
	case services[i].Price.Minor <= 0:
		return logspanel.Service{}, errNoPrice()
	}
	return services[i], nil
}

// checkAreas returns an error for area codes that the provider does not list, and for too
// many of them.
func (f *offers) checkAreas(ctx context.Context, countryID, serviceID string, areaCodes []string) error {
	if len(areaCodes) == 0 {
		return nil
	}
	listed, err := f.provider.AreaCodes(ctx, logspanel.ID(countryID), logspanel.ID(serviceID))
	f.observe(err)
	if err != nil {
		return usererr.From(err)
	}
	unlisted := func(code string) bool { return !slices.Contains(listed, code) }
	if len(areaCodes) > maxAreas || slices.ContainsFunc(areaCodes, unlisted) {
		return &protocol.Error{
			Code: protocol.CodeBadRequest, Message: "the provider does not offer this area code", Next: "choose another, or none",
		}
	}
	return nil
}

// checkPrice returns an error if the present price is above the confirmed one.
func (f *offers) checkPrice(ctx context.Context, i protocol.Intent) error {
	service, err := f.service(ctx, i.CountryID, i.ServiceID)
	if err != nil {
		return err
	}
	if more, err := service.Price.Cmp(i.Price); err != nil || more > 0 {
		return errPriceChanged(service.Price, i.Price)
	}
	return nil
}

// withPrices adds the confirmed and the present price to the provider's refusal.
func (f *offers) withPrices(ctx context.Context, i protocol.Intent, refusal error) error {
	problem := *usererr.From(refusal)
	problem.OldPrice = &i.Price
	if service, err := f.service(ctx, i.CountryID, i.ServiceID); err == nil {
		problem.Price = &service.Price
	}
	return problem.WithCause(refusal)
}

func errNoPrice() error {
	return &protocol.Error{
		Code: protocol.CodeProvider, Message: "the provider gives no price for this number",
		Next: "choose another country, or try again later",
	}
}

func errNotOffered() error {
	return &protocol.Error{
		Code: protocol.CodeCatalogueStale, Message: "the provider no longer offers this service here", Next: "search again",
	}
}

func errPriceChanged(price, old money.Money) *protocol.Error {
	return &protocol.Error{
		Code: protocol.CodePriceChanged, Price: &price, OldPrice: &old,
		Message: "the price has changed: nothing was bought", Next: "check the new price and confirm it",
	}
}
