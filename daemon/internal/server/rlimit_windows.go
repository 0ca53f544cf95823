package server

import "math"

// maxOpenFiles returns how many files and sockets this process may have open at once, which
// Windows doesn't bound.
func maxOpenFiles() int { return math.MaxInt }
