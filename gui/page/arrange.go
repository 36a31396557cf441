package page

import (
	"slices"
	"strings"

	"slipway/engine/live"
)

// rows are what a list shows of a picture of the engine.
type rows[T any] struct {
	snap  *live.Snapshot
	query Query
	list  []T
	ids   []string
	at    map[string]int      // where each is, by its ID
	all   map[string]struct{} // the IDs of those, too, that are filtered out
	fits  int                 // how many there would be in the narrow list
}

// Arrange filters and orders all things. It belongs to no thread.
func (s *Spec[T]) Arrange(all []T, q Query) []T {
	list := make([]T, 0, len(all))
	for _, v := range all {
		if (!q.Narrow || s.Narrow.Fits(v)) && (q.Filter == "" || s.Matches(v, q.Filter)) {
			list = append(list, v)
		}
	}
	order(list, s.Orders, q.Order)
	return list
}

// derive makes the rows of a picture with these things in it.
func (s *Spec[T]) derive(snap *live.Snapshot, all []T, q Query) rows[T] {
	r := rows[T]{snap: snap, query: q, all: make(map[string]struct{}, len(all)), list: s.Arrange(all, q)}
	for _, v := range all {
		r.all[s.Key(v)] = struct{}{}
		if s.Narrow != nil && s.Narrow.Fits(v) {
			r.fits++
		}
	}
	r.ids, r.at = make([]string, len(r.list)), make(map[string]int, len(r.list))
	for i, v := range r.list {
		r.ids[i] = s.Key(v)
		r.at[r.ids[i]] = i
	}
	return r
}

// order puts a list in the order of a column. A column without one leaves it as it is, or in the order called "".
func order[T any](list []T, orders map[string]func(T) Place, by string) {
	key := strings.TrimPrefix(by, "-")
	place := orders[key]
	if place == nil {
		place = orders[""]
	}
	if place == nil {
		return
	}
	type placed struct {
		at    Place
		thing T
	}
	all := make([]placed, len(list))
	for i, v := range list {
		all[i] = placed{place(v), v}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		if by != key {
			a, b = b, a
		}
		return a.at.compare(b.at)
	})
	for i := range all {
		list[i] = all[i].thing
	}
}
