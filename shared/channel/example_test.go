package channel_test

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/logspanel/companion/shared/channel"
)

// A browser that has only a pairing code opens a connection and sends one message.
func Example() {
	code, err := channel.NewPairingCode(47615, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The person copies code.String() into the extension.
	pasted, err := channel.ParsePairingCode(code.String())
	if err != nil {
		fmt.Println(err)
		return
	}
	binding := channel.Binding{
		Version: 1, ClientID: channel.PairingClientID,
		Origin: "chrome-extension://abcdefghijklmnopabcdefghijklmnop", Host: "127.0.0.1:47615",
	}

	// The client starts the handshake, the daemon answers it.
	handshake, first, err := channel.Initiate(pasted.Key(), binding, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	daemon, answer, err := channel.Respond(code.Key(), binding, first, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := handshake.Finish(answer)
	if err != nil {
		fmt.Println(err)
		return
	}

	frames, err := client.Seal([]byte("hello"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, frame := range frames {
		message, complete, err := daemon.Open(frame)
		fmt.Println(string(message), complete, err)
	}

	// A frame that arrives twice ends the connection.
	_, _, err = daemon.Open(frames[0])
	fmt.Println(errors.Is(err, channel.ErrBroken))
	// Output:
	// hello true <nil>
	// true
}
