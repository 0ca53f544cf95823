package tray

import (
	"embed"
	"encoding/binary"
	"runtime"
)

//go:embed icons/*.png
var iconFiles embed.FS

// image is the icon as this system takes it.
func (i Icon) encoded() []byte {
	png, err := iconFiles.ReadFile("icons/" + string(i) + ".png")
	if err != nil {
		panic(err) // it is embedded
	}
	if runtime.GOOS == "windows" {
		return ico(png)
	}
	return png
}

// ico puts a square PNG of less than 256 pixels into the container that Windows wants.
func ico(png []byte) []byte {
	const header, widthInPNG = 22, 19
	size := png[widthInPNG]
	file := []byte{0, 0, 1, 0, 1, 0, size, size, 0, 0, 1, 0, 32, 0} // one icon of 32 bits a pixel
	file = binary.LittleEndian.AppendUint32(file, uint32(len(png)))
	file = binary.LittleEndian.AppendUint32(file, header)
	return append(file, png...)
}
