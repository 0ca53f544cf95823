package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// swapIDs turns an answer's ids around: numbers into strings, and strings that hold
// a number into numbers.
func swapIDs(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		panic(err) // our own answers alone
	}
	swapIn(answer)
	out, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return out
}

func swapIn(value any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			swapIn(item)
		}
	case map[string]any:
		for name, field := range value {
			if name == "id" || strings.HasSuffix(name, "_id") {
				value[name] = swapped(field)
			}
			swapIn(field)
		}
	}
}

func swapped(id any) any {
	switch id := id.(type) {
	case json.Number:
		return id.String()
	case string:
		if n, err := strconv.Atoi(id); err == nil {
			return n
		}
	}
	return id
}
