package channel

// SealPiece seals one frame as a peer with the secret that ignores the rules might.
func (c *Conn) SealPiece(plain []byte) []byte {
	frame, err := c.out.Encrypt(nil, nil, plain)
	if err != nil {
		panic(err)
	}
	return frame
}
