package hostile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// magics are the first bytes of the formats.
var magics = map[string]string{"png": pngMagic, "jpeg": "\xff\xd8\xff", "gif": "GIF89a", "bmp": "BM\x00\x00\x00\x00\x00\x00\x00\x00",
	"tiff": "II*\x00", "bigtiff": "MM\x00*", "webp": "RIFF\x10\x00\x00\x00WEBPVP8 "}

// strangers are the first bytes of what is no image that is read here.
var strangers = map[string]string{
	"text": "a seven, please", "HTML": "<!doctype html><script>alert(1)</script>", "SVG": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
	"PDF": "%PDF-1.7\n", "ZIP": "PK\x03\x04\x14\x00", "gzip": "\x1f\x8b\x08\x00", "ELF": "\x7fELF\x02\x01", "HEIC": "\x00\x00\x00\x18ftypheic",
	"AVIF": "\x00\x00\x00\x1cftypavif", "ICO": "\x00\x00\x01\x00\x01\x00", "PSD": "8BPS\x00\x01", "WAV": "RIFF\x10\x00\x00\x00WAVEfmt ",
	"a path": "/etc/passwd", "an address": "http://169.254.169.254/latest", "ImageMagick": "push graphic-context\nviewbox 0 0 1 1",
	"PNM": "P5\n28 28\n255\n", "XBM": "#define a_width 28", "zeros": strings.Repeat("\x00", 784), "one byte": "\x89", "half a magic": "\x89PNG",
	"XML": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "a shell": "#!/bin/sh\nrm -rf /\n", "BOM": "\xef\xbb\xbftext",
}

// images are broken files.
func images(random *rand.Rand) (all []Request) {
	for _, name := range slices.Sorted(maps.Keys(strangers)) {
		all = append(all, post("no image: "+name, "/predict", []byte(strangers[name]), 415))
	}
	for _, name := range slices.Sorted(maps.Keys(magics)) {
		for i := range 6 {
			noise := make([]byte, 16<<i)
			for k := range noise {
				noise[k] = byte(random.Uint32())
			}
			all = append(all, post(fmt.Sprintf("%s and %d bytes of noise", name, len(noise)), "/predict", append([]byte(magics[name]), noise...), 400, 415, 422))
		}
		all = append(all, post(name+" and nothing", "/predict", []byte(magics[name]), 400, 415))
	}
	whole := files(56)
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		data := whole[name]
		for part := 1; part < 8; part++ {
			all = append(all, post(fmt.Sprintf("%d/8 of a %s", part, name), "/predict", data[:len(data)*part/8], 400))
		}
		for i := range 5 {
			flipped := bytes.Clone(data)
			for range 1 + i {
				flipped[random.IntN(len(flipped))] ^= 1 << random.IntN(8)
			}
			all = append(all, post(fmt.Sprintf("%d bits of a %s flipped", 1+i, name), "/predict", flipped, 200, 400, 415, 422))
		}
		all = append(all, post("1 MiB after a "+name, "/predict", append(bytes.Clone(data), make([]byte, 1<<20)...), 200))
	}
	return append(all, sizes()...)
}

// sizes declare what is not there.
func sizes() (all []Request) {
	for _, size := range [][2]uint32{{50000, 50000}, {65535, 65535}, {65535, 400}, {1, 65535}, {65535, 1}, {1, 1}, {2, 4}, {0, 0}, {0, 28}} {
		status := []int{422}
		if size[0] == 0 {
			status = []int{400, 415, 422}
		}
		add := func(format string, file []byte, status ...int) {
			all = append(all, post(fmt.Sprintf("a %s of %dx%d", format, size[0], size[1]), "/predict", file, status...))
		}
		gif := []byte("GIF89a")
		gif = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(gif, uint16(size[0])), uint16(size[1]))
		add("png", slices.Concat(pngHeader(size[0], size[1], 8, 0, 0), chunk("IDAT", nil)), status...)
		add("jpeg", JPEG{Width: int(size[0]), Height: int(size[1]), Components: 3, Progressive: true, Scans: 1}.Bytes(), status...)
		add("gif", append(gif, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0), 400, 422)
		add("bmp", bmpHeader(int32(size[0]), int32(size[1]), 24), status...)
		add("tiff", tiffFile(int(size[0]), int(size[1]), int(size[1]), 1, []byte{0}), status...)
	}
	for _, side := range []uint32{1<<31 - 1, 1 << 31, 1<<32 - 1} {
		all = append(all, post(fmt.Sprintf("a png with sides of %d", side), "/predict", pngHeader(side, side, 16, 6, 1), 400, 422),
			post(fmt.Sprintf("a bmp with sides of %d", side), "/predict", bmpHeader(int32(side), int32(side), 32), 400, 415, 422))
	}
	return all
}
