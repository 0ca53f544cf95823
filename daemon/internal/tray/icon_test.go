package tray

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIcons(t *testing.T) {
	seen := map[string]Icon{}
	for _, icon := range []Icon{IconIdle, IconWaiting, IconAttention, IconCode} {
		raw, err := iconFiles.ReadFile("icons/" + string(icon) + ".png")
		require.NoError(t, err)
		assert.Empty(t, seen[string(raw)], "%s looks like another", icon)
		seen[string(raw)] = icon

		file := ico(raw)
		assert.Equal(t, []byte{0, 0, 1, 0, 1, 0, 48, 48}, file[:8])
		length, offset := binary.LittleEndian.Uint32(file[14:]), binary.LittleEndian.Uint32(file[18:])
		require.Len(t, file, int(offset+length))
		img, err := png.Decode(bytes.NewReader(file[offset:]))
		require.NoError(t, err)
		assert.Equal(t, 48, img.Bounds().Dx())
	}
}
