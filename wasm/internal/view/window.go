package view

// reach is how many rows of a long list are in the page at once. Of the others it knows
// how many there are.
const reach = 60

// window is the list of the rows in reach of one of them, of all that there are.
func window(key string, label *Text, all, first int, row func(i int) Node) Node {
	first = max(0, min(first, all-reach))
	n := Node{Key: key, Kind: KindList, Label: label, Total: all, First: first, Action: &Action{Do: DoWindow}}
	for i := first; i < min(all, first+reach); i++ {
		n.Children = append(n.Children, row(i))
	}
	return n
}

// Reach is the first of the rows to have at hand while one is looked at.
func Reach(looked int) int { return max(0, looked-reach/3) }

// ReachSize is how many rows to have at hand.
const ReachSize = reach
