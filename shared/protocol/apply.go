package protocol

import "slices"

// Apply applies the next change to the state. It returns false, and leaves the state as it is,
// if an earlier change is missing: the client must then request a snapshot. A change that the
// state already contains does nothing.
func (s *Snapshot) Apply(c Change) bool {
	if c.Seq <= s.Seq {
		return true
	}
	if c.Seq != s.Seq+1 {
		return false
	}
	s.Seq = c.Seq
	if c.Wallet != nil {
		s.Wallet = c.Wallet
	}
	if c.Limits != nil {
		s.Limits = *c.Limits
	}
	if c.Key != nil {
		s.Key = *c.Key
	}
	if c.Provider != nil {
		s.Provider = *c.Provider
	}
	if c.Recovery != nil {
		s.Recovery = *c.Recovery
	}
	if c.KeepExpired != nil {
		s.KeepExpired = *c.KeepExpired
	}
	if c.ShowsNotifications != nil {
		s.ShowsNotifications = *c.ShowsNotifications
	}
	if c.Order != nil {
		s.Orders = insertOrder(s.Orders, *c.Order)
	}
	if c.Intent != nil {
		s.Intents = upsert(s.Intents, *c.Intent, func(i Intent) string { return i.ID })
		s.Intents = slices.DeleteFunc(s.Intents, func(i Intent) bool { return i.State != IntentSent && i.State != IntentUnknown })
	}
	return true
}

// insertOrder adds or replaces an order of a snapshot and drops old ones, as the daemon does: a
// snapshot has the pending orders and the newest of the others. An order that was already there
// stays for this change, so that its last state is seen. An old closed order does not come back.
func insertOrder(orders []Order, fresh Order) []Order {
	known := slices.ContainsFunc(orders, func(o Order) bool { return o.ID == fresh.ID })
	orders = upsert(orders, fresh, func(o Order) string { return o.ID })
	slices.SortStableFunc(orders, func(a, b Order) int { return b.CreatedAt.Compare(a.CreatedAt) })
	closed := 0
	return slices.DeleteFunc(orders, func(o Order) bool {
		if o.Unsettled() {
			return false
		}
		closed++
		return closed > MaxClosedOrders && !(known && o.ID == fresh.ID)
	})
}

// upsert returns a copy in which the element with the same id is replaced, or the new one is
// added. Holders of the old slice see no change.
func upsert[T any](list []T, fresh T, id func(T) string) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, func(t T) bool { return id(t) == id(fresh) }); i >= 0 {
		list[i] = fresh
		return list
	}
	return append(list, fresh)
}
