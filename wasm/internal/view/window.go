package view

// WindowSize is how many rows of a long list a page has at once. Of the other rows it knows
// only the number.
const WindowSize = 60

// WindowStart returns the first row of the window that contains row.
func WindowStart(row int) int { return max(0, row-WindowSize/3) }

// window returns a list node with the rows from first on, out of total.
func window(key string, label *Text, total, first int, row func(i int) Node) Node {
	first = max(0, min(first, total-WindowSize))
	n := Node{Key: key, Kind: KindList, Label: label, Total: total, First: first, Action: &Action{Do: DoWindow}}
	for i := first; i < min(total, first+WindowSize); i++ {
		n.Children = append(n.Children, row(i))
	}
	return n
}
