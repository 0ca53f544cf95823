package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// swapIDTypes turns the ids of a response from numbers into strings, and from strings that
// hold a number into numbers.
func swapIDTypes(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var response any
	if err := decoder.Decode(&response); err != nil {
		panic(err) // impossible: the sandbox wrote it
	}
	swapIn(response)
	out, err := json.Marshal(response)
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
