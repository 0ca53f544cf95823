// Package catalog answers what the provider sells: countries, services and their prices.
// It also lists, read-only, the account's holdings in the provider's other products.
//
// A [Catalog] caches countries and offers in memory (price_cache.go) and searches and
// sorts them there (search.go, ranking.go), so that a search is fast enough for every key
// press. Offers are fresh for five minutes and shown for an hour. Stale ones are loaded
// again in the background, a few countries at a time, and the changed callback says when
// new prices have arrived. Account logs and boosts (other_products.go) are not cached.
//
// The catalog buys nothing. Its one call with an effect is [Catalog.CancelBoost], which the
// person asks for. A cached price is only for display: the price of a purchase is read
// again when it is quoted.
//
// Every error that a method returns is a *protocol.Error.
package catalog
