package tray

import (
	"embed"
	"encoding/binary"
	"runtime"
)

//go:embed icons/*.png
var iconFiles embed.FS

// encoded returns the icon in the format that this system's tray takes.
func (i Icon) encoded() []byte {
	png, err := iconFiles.ReadFile("icons/" + string(i) + ".png")
	if err != nil {
		panic(err) // can't happen: the file is embedded
	}
	if runtime.GOOS == "windows" {
		return ico(png)
	}
	return png
}

// ico wraps a square PNG of less than 256 pixels in the ICO container that Windows needs.
func ico(png []byte) []byte {
	const header, widthInPNG = 22, 19
	size := png[widthInPNG]
	file := []byte{0, 0, 1, 0, 1, 0, size, size, 0, 0, 1, 0, 32, 0} // one icon, 32 bits per pixel
	file = binary.LittleEndian.AppendUint32(file, uint32(len(png)))
	file = binary.LittleEndian.AppendUint32(file, header)
	return append(file, png...)
}
