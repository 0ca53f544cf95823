package sandbox

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// market is a country that numbers are sold from.
type market struct {
	id      int
	name    string
	short   string
	calling string
	region  string
	percent int64  // of the price in the United States
	prefix  string // start of the national number; an order adds four digits
}

var countries = []market{
	{1, "United States", "us", "1", "North America", 100, ""},
	{2, "United Kingdom", "gb", "44", "Europe", 92, "740012"},
	{3, "Nigeria", "ng", "234", "Africa", 64, "802123"},
	{4, "India", "in", "91", "Asia", 41, "812345"},
	{5, "Kenya", "ke", "254", "Africa", 47, "71212"},
	{6, "Ghana", "gh", "233", "Africa", 52, "23123"},
	{7, "South Africa", "za", "27", "Africa", 58, "71123"},
	{8, "Germany", "de", "49", "Europe", 128, "1512345"},
	{9, "France", "fr", "33", "Europe", 117, "61234"},
	{10, "Brazil", "br", "55", "South America", 55, "1196123"},
	{11, "Indonesia", "id", "62", "Asia", 38, "81234"},
	{12, "Canada", "ca", "1", "North America", 96, "506234"},
}

// usAreas are the area codes that can be chosen in the United States.
var usAreas = []string{"212", "310", "415", "646", "718", "917"}

// services lists the services and their prices in naira in the United States. The index
// makes the id, so that Telegram has the contract's 123.
var services = []struct {
	name  string
	naira int64
}{
	{"Airbnb", 640},
	{"Alibaba", 420},
	{"Amazon", 560},
	{"Apple", 980},
	{"Badoo", 450},
	{"Binance", 1250},
	{"BlaBlaCar", 380},
	{"Bolt", 520},
	{"Booking.com", 470},
	{"Bumble", 890},
	{"Claude", 1450},
	{"Coinbase", 1320},
	{"Craigslist", 1100},
	{"DiDi", 360},
	{"Discord", 480},
	{"eBay", 590},
	{"Facebook", 620},
	{"Fiverr", 540},
	{"Google / Gmail / YouTube", 780},
	{"Grindr", 610},
	{"Instagram", 650},
	{"KakaoTalk", 830},
	{"LinkedIn", 690},
	{"Telegram", 850},
	{"LINE", 740},
	{"Lyft", 760},
	{"Microsoft", 430},
	{"Naver", 810},
	{"Netflix", 510},
	{"OpenAI / ChatGPT", 920},
	{"PayPal", 1180},
	{"Reddit", 440},
	{"Revolut", 1380},
	{"Shopee", 390},
	{"Signal", 720},
	{"Snapchat", 570},
	{"Spotify", 460},
	{"Steam", 550},
	{"TikTok", 490},
	{"Tinder", 960},
	{"Twitch", 410},
	{"Uber", 680},
	{"Viber", 530},
	{"WeChat", 1510},
	{"WhatsApp", 1240},
	{"Wise", 1290},
	{"X / Twitter", 500},
	{"Yahoo", 400},
}

// listing is a service in one country, with its price and stock.
type listing struct {
	id      string
	name    string
	country market
	price   int64 // kobo
	stock   int
}

// openCountryLocked adds a country and its offers.
func (p *Provider) openCountryLocked(c market) {
	p.countries = append(p.countries, c)
	for n, s := range services {
		o := &listing{
			id:      strconv.Itoa((c.id-1)*1000 + 100 + n),
			name:    s.name,
			country: c,
			price:   (s.naira*c.percent/100 + 9) / 10 * 10 * 100, // a multiple of ten naira
			stock:   initialStock(c.short, s.name),
		}
		p.offers[o.id] = o
	}
}

// Country is a country for AddCountry.
type Country struct {
	Short       string `json:"short"` // ISO 3166 code, lower case
	Name        string `json:"name"`
	CallingCode string `json:"calling_code"` // without the plus
}

// AddCountry adds a country with the prices of the United States, unless it exists already.
// A client sees it when it lists the countries again.
func (p *Provider) AddCountry(c Country) error {
	if len(c.Short) != 2 || strings.ToLower(c.Short) != c.Short || c.Name == "" || digits(c.CallingCode) != c.CallingCode || c.CallingCode == "" {
		return fmt.Errorf("%+v is not a valid country", c)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.countries, func(other market) bool { return other.short == c.Short }) {
		p.openCountryLocked(market{len(p.countries) + 1, c.Name, c.Short, c.CallingCode, "Elsewhere", 100, "70012"})
	}
	return nil
}

// initialStock returns how many numbers an offer starts with, the same in every run.
func initialStock(short, name string) int {
	switch short + name {
	case "usTelegram":
		return 92
	case "keSignal":
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(short + name))
	return 1 + int(h.Sum32()%400)
}

// Offer is a service in one country, with the ids that a purchase needs.
type Offer struct {
	ServiceID string `json:"service_id"`
	Service   string `json:"service"`
	CountryID string `json:"country_id"`
	Country   string `json:"country"` // ISO 3166 code, lower case
}

// Offers lists all offers by country, and within a country by the services' names.
func (p *Provider) Offers() (list []Offer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.countries {
		for _, o := range p.offersOfLocked(c) {
			list = append(list, Offer{o.id, o.name, strconv.Itoa(c.id), c.short})
		}
	}
	return list
}

// ErrUnknownService means that no service has the given id.
var ErrUnknownService = errors.New("no service has this id")

// SetStock sets how many numbers a service has left.
func (p *Provider) SetStock(serviceID string, n int) error {
	return p.updateOffer(serviceID, func(o *listing) { o.stock = n })
}

func (p *Provider) updateOffer(serviceID string, do func(*listing)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.offers[serviceID]
	if !ok {
		return ErrUnknownService
	}
	do(o)
	return nil
}

func (p *Provider) countryByIDLocked(id string) (market, bool) {
	i := slices.IndexFunc(p.countries, func(c market) bool { return strconv.Itoa(c.id) == id })
	if i < 0 {
		return market{}, false
	}
	return p.countries[i], true
}

func (p *Provider) getCountriesLocked(r request) response {
	type item struct {
		ID          int    `json:"id"`
		Name        string `json:"name"`
		Short       string `json:"short"`
		CallingCode string `json:"calling_code"`
		Region      string `json:"region"`
		Image       string `json:"image"`
	}
	var items []item
	for _, c := range p.countries {
		items = append(items, item{c.id, c.name, c.short, c.calling, c.region, "images/flags/" + c.short + ".svg"})
	}
	return listResponse(p.opts.Lists, r, items)
}

func (p *Provider) getServicesLocked(r request) response {
	c, ok := p.countryByIDLocked(r.URL.Query().Get("country_id"))
	if !ok {
		return invalid("The selected country id is invalid.")
	}
	type item struct {
		ServiceID   string `json:"service_id"`
		ServiceName string `json:"service_name"`
		CountryID   string `json:"country_id"`
		CountryName string `json:"country_name"`
		Price       string `json:"price"`
		Currency    string `json:"currency"`
		Available   int    `json:"available_quantity"`
		Category    string `json:"category"`
	}
	var items []item
	for _, o := range p.offersOfLocked(c) {
		items = append(items, item{
			o.id, o.name, strconv.Itoa(c.id), c.name, naira(o.price).Decimal(), currency, o.stock, "Activation",
		})
	}
	return listResponse(p.opts.Lists, r, items)
}

func (p *Provider) offersOfLocked(c market) []*listing {
	var list []*listing
	for _, o := range p.offers {
		if o.country.id == c.id {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *listing) int { return strings.Compare(a.name, b.name) })
	return list
}

func (p *Provider) getAreaCodesLocked(r request) response {
	query := r.URL.Query()
	o, refusal := p.findOfferLocked(query.Get("country_id"), query.Get("service_id"))
	if o == nil {
		return refusal
	}
	codes := []string{"Random"}
	if o.country.short == "us" {
		codes = append(codes, usAreas...)
	}
	return success(map[string]any{"codes": codes})
}

func (p *Provider) findOfferLocked(countryID, serviceID string) (*listing, response) {
	if countryID == "" || serviceID == "" {
		return nil, invalid("The country id and service id fields are required.")
	}
	o, ok := p.offers[serviceID]
	if !ok || strconv.Itoa(o.country.id) != countryID {
		return nil, notFound("NUMBER_SERVICE_NOT_FOUND", "The selected service is not available for this country.")
	}
	return o, response{}
}

// newNumberLocked makes up a number that no live order has. It looks like a mobile number
// of the country, and in the United States is one of the fictional 555-01xx. It is empty
// where all of them are taken.
func (p *Provider) newNumberLocked(c market, area string) string {
	for i := range 10_000 {
		n := len(p.numbers) + i
		national := fmt.Sprintf("%s%04d", c.prefix, n*7919%10_000)
		if c.short == "us" {
			from := area
			if from == "" {
				from = usAreas[n/100%len(usAreas)]
			}
			national = fmt.Sprintf("%s55501%02d", from, n*37%100)
		}
		number := "+" + c.calling + national
		if p.liveOrderLocked(number) == nil {
			return number
		}
	}
	return ""
}
