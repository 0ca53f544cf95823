package protocol_test

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

//go:embed testdata/*.json
var testdata embed.FS

// golden has the encoded messages of one method, or one kind of error.
type golden struct {
	Request      json.RawMessage `json:"request,omitempty"`
	Answer       json.RawMessage `json:"answer,omitempty"`
	Notification json.RawMessage `json:"notification,omitempty"`
}

func load(t *testing.T, name string) golden {
	raw, err := testdata.ReadFile(path.Join("testdata", name+".json"))
	require.NoError(t, err, "%s has no golden messages", name)
	var g golden
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&g), name)
	return g
}

// roundTrip decodes a message and its params or result, encodes them again and expects the same
// bytes. It returns the decoded params or result.
func roundTrip(t *testing.T, raw json.RawMessage, shape any) reflect.Value {
	m, err := protocol.Decode(raw)
	require.NoError(t, err)
	body := m.Params
	if m.Method == "" {
		body = m.Result
	}
	v := reflect.New(reflect.TypeOf(shape))
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(v.Interface()))
	again, err := protocol.Response(m.ID, v.Elem().Interface(), nil)
	if m.Method != "" {
		again, err = protocol.Request(m.ID, m.Method, v.Elem().Interface())
	}
	require.NoError(t, err)
	same(t, raw, again)
	return v.Elem()
}

func same(t *testing.T, want json.RawMessage, got protocol.Message) {
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, want))
	assert.Equal(t, compact.String(), string(encoded))
}

func TestEveryMethodHasGoldenMessages(t *testing.T) {
	for _, method := range protocol.Methods {
		t.Run(method.Name, func(t *testing.T) {
			g := load(t, method.Name)
			complete(t, method.Name+" params", roundTrip(t, g.Request, method.Params))
			roundTrip(t, g.Answer, method.Result)
		})
	}
}

func TestTheNotificationHasAGoldenMessage(t *testing.T) {
	complete(t, "change", roundTrip(t, load(t, protocol.StateChanged).Notification, protocol.Change{}))
}

// The golden files contain every field of every type, so that no field can change its name or
// format unnoticed.
func TestGoldenAnswersCoverEveryField(t *testing.T) {
	for _, method := range protocol.Methods {
		switch method.Name {
		case protocol.OrderBuy, protocol.OrderDecide, protocol.OrderCancel: // state.get covers intents and orders
			continue
		}
		complete(t, method.Name+" result", roundTrip(t, load(t, method.Name).Answer, method.Result))
	}
}

// complete fails the test if a field of a type within v is empty everywhere in v.
func complete(t *testing.T, name string, v reflect.Value) {
	shown := map[string]bool{}
	show(v, shown)
	for field, filled := range shown {
		assert.True(t, filled, "%s: %s is never filled in", name, field)
	}
}

func show(v reflect.Value, shown map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			show(v.Elem(), shown)
		}
	case reflect.Slice:
		for i := range v.Len() {
			show(v.Index(i), shown)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[protocol.Error]() {
			return // error.json covers it
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			field := fmt.Sprintf("%s.%s", v.Type().Name(), v.Type().Field(i).Name)
			shown[field] = shown[field] || !v.Field(i).IsZero()
			show(v.Field(i), shown)
		}
	}
}

func TestErrorsHaveGoldenMessages(t *testing.T) {
	for name, code := range map[string]protocol.Code{
		"error":                protocol.CodePriceChanged,
		"error.bad_request":    protocol.CodeBadRequest,
		"error.unknown_method": protocol.CodeUnknownMethod,
		"error.internal":       protocol.CodeInternal,
	} {
		t.Run(name, func(t *testing.T) {
			g := load(t, name)
			m, err := protocol.Decode(g.Answer)
			require.NoError(t, err)
			require.NotNil(t, m.Error)
			assert.Equal(t, code, m.Error.Code)
			again, err := protocol.Response(m.ID, nil, m.Error)
			require.NoError(t, err)
			same(t, g.Answer, again)
			if name == "error" {
				v := reflect.ValueOf(*m.Error)
				for i := range v.NumField() {
					if field := v.Type().Field(i); field.IsExported() {
						assert.False(t, v.Field(i).IsZero(), "%s is not filled in", field.Name)
					}
				}
			}
		})
	}
}

func TestEveryGoldenFileIsUsed(t *testing.T) {
	known := map[string]bool{protocol.StateChanged: true}
	for _, method := range protocol.Methods {
		known[method.Name] = true
	}
	files, err := testdata.ReadDir("testdata")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".json")
		assert.True(t, known[name] || name == "error" || strings.HasPrefix(name, "error."), "%s belongs to nothing", file.Name())
	}
}

func TestErrorWithoutDataIsDecoded(t *testing.T) {
	m, err := protocol.Decode([]byte(`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}`))
	require.NoError(t, err)
	assert.Equal(t, &protocol.Error{Code: protocol.CodeInternal, Message: "Method not found"}, m.Error)
}

func TestInvalidMessagesAreRefused(t *testing.T) {
	for _, raw := range []string{
		``, `null`, `[]`, `{}`, `"x"`,
		`{"jsonrpc":"1.0","id":1,"method":"a"}`,
		`{"jsonrpc":"2.0"}`,
		`{"jsonrpc":"2.0","id":1}`,
		`{"jsonrpc":"2.0","result":{}}`,
		`{"jsonrpc":"2.0","id":1,"method":"a","result":{}}`,
		`{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}`,
		`{"jsonrpc":"2.0","id":-1,"method":"a"}`,
		`{"jsonrpc":"2.0","id":1,"method":"a"} {}`,
	} {
		_, err := protocol.Decode([]byte(raw))
		assert.Error(t, err, raw)
	}
	_, err := protocol.Decode(make([]byte, protocol.MaxMessage+1))
	assert.ErrorContains(t, err, "larger")
}

func FuzzDecode(f *testing.F) {
	files, err := testdata.ReadDir("testdata")
	require.NoError(f, err)
	for _, file := range files {
		raw, err := testdata.ReadFile(path.Join("testdata", file.Name()))
		require.NoError(f, err)
		var g golden
		require.NoError(f, json.Unmarshal(raw, &g))
		for _, message := range [][]byte{g.Request, g.Answer, g.Notification} {
			if message != nil {
				f.Add(message)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := protocol.Decode(raw)
		if err != nil {
			return
		}
		encoded, err := json.Marshal(m)
		require.NoError(t, err)
		again, err := protocol.Decode(encoded)
		require.NoError(t, err)
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		assert.Equal(t, string(encoded), string(twice))
	})
}
