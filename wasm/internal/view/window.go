package view

// reach is how many rows of a long list are in the page at once. Of the others it knows
// how many there are.
const reach = 60

// window is the list of the rows in reach of one of them.
func window[T any](key string, label *Text, all []T, first int, row func(T) Node) Node {
	first = max(0, min(first, len(all)-reach))
	n := Node{Key: key, Kind: KindList, Label: label, Total: len(all), First: first, Action: &Action{Do: DoWindow}}
	for _, t := range all[first:min(len(all), first+reach)] {
		n.Children = append(n.Children, row(t))
	}
	return n
}

// Reach is the first of the rows to have at hand while one is looked at.
func Reach(looked int) int { return max(0, looked-reach/3) }

// ReachSize is how many rows to have at hand.
const ReachSize = reach
