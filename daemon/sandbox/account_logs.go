package sandbox

import (
	"slices"
	"strconv"
)

type logParent struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Image       string `json:"image"`
	Available   int    `json:"available_categories_count"`
}

type logCategory struct {
	ID          int     `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Image       *string `json:"image"`
	Price       string  `json:"price"`
	Currency    string  `json:"currency"`
	Available   int     `json:"available_quantity"`
	Parent      struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"parent_category"`
}

type logOrder struct {
	OrderID     string `json:"order_id"`
	Status      string `json:"status"`
	ProductID   int    `json:"product_id"`
	ProductName string `json:"product_name"`
	Quantity    int    `json:"quantity"`
	UnitPrice   string `json:"unit_price"`
	Total       string `json:"total"`
	Currency    string `json:"currency"`
	CreatedAt   string `json:"created_at"`
}

var logParents = []logParent{
	{2, "Accounts", "Accounts of social networks", "https://cdn.example/images/accounts.png", 2},
	{3, "Mail", "Mailboxes", "images/mail.png", 1},
}

var logCategories = []logCategory{
	newLogCategory(12, "Social network, aged", "More than a year old", "2500.00", 34, logParents[0]),
	newLogCategory(13, "Social network, new", "This month's", "900.00", 0, logParents[0]),
	newLogCategory(14, "Mailbox", "With IMAP", "450.00", 210, logParents[1]),
}

func newLogCategory(id int, name, description, price string, available int, parent logParent) logCategory {
	c := logCategory{
		ID: id, Name: name, Description: description, Price: price, Currency: currency, Available: available,
	}
	c.Parent.ID, c.Parent.Name = parent.ID, parent.Name
	return c
}

func (p *Provider) getLogCategories(r request) response {
	parent := r.URL.Query().Get("parent_category_id")
	return listResponse(p.opts.Lists, r, slices.DeleteFunc(slices.Clone(logCategories), func(c logCategory) bool {
		return parent != "" && strconv.Itoa(c.Parent.ID) != parent
	}))
}

func getLogCategory(id string) response {
	for _, c := range logCategories {
		if strconv.Itoa(c.ID) == id {
			return success(c)
		}
	}
	return notFound("LOG_CATEGORY_NOT_FOUND", "Log category not found.")
}

var logOrders = []logOrder{
	{"logs-DEF7654321-1777646400", "pending", 14, "Mailbox", 1, "450.00", "450.00", currency, "2026-05-01T14:40:00.000000Z"},
	{"logs-ABC1234567-1777560000", "completed", 12, "Social network, aged", 2, "2500.00", "5000.00", currency, "2026-04-30T14:40:00.000000Z"},
}
