package hostile

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"fmt"
	"slices"
)

// bombs are small files that stand for much work or memory.
func bombs() []Request {
	bomb := deflated(make([]byte, 64<<20))
	return slices.Concat(pngBombs(bomb), jpegBombs(), tiffBombs(bomb), gifBombs(), webpBombs())
}

func pngBombs(bomb []byte) (all []Request) {
	const side, row = 5000, 5001
	add := func(name string, file []byte, status ...int) {
		all = append(all, post("png: "+name, "/predict", file, status...))
	}
	add("25 MP, grey", zeroPNG(side, side, 8, 0, 0, row*side), 422)
	add("25 MP, a palette", zeroPNG(side, side, 8, 3, 0, row*side, chunk("PLTE", []byte{0, 0, 0, 9, 9, 9})...), 422)
	add("25 MP, one bit", zeroPNG(side, side, 1, 0, 0, side*(1+side/8)), 422)
	add("4 MP in passes", zeroPNG(2000, 2000, 8, 0, 1, 2000*2000+3750), 422)
	add("4 MP of 64 bits", zeroPNG(2000, 2000, 16, 6, 0, 2000*(1+8*2000)), 422)
	add("64 MiB behind 28x28", slices.Concat(pngHeader(28, 28, 8, 0, 0), chunk("IDAT", bomb), chunk("IEND", nil)), 400)
	add("too few pixels", zeroPNG(28, 28, 8, 0, 0, 100), 400)
	seven := files(56)["png"]
	head, tail := seven[:33], seven[33:]
	flood := func(n int, name string, data []byte) []byte {
		return slices.Concat(head, bytes.Repeat(chunk(name, data), n), tail)
	}
	add("100,000 comments", flood(100_000, "tEXt", []byte("a\x00b")), 422)
	add("500,000 empty chunks", flood(500_000, "aaAa", nil), 422)
	add("comments that unfold to 64 MiB", flood(8, "zTXt", append([]byte("a\x00\x00"), bomb...)), 200)
	add("a profile that unfolds to 64 MiB", flood(1, "iCCP", append([]byte("a\x00\x00"), bomb...)), 200)
	add("1,000 headers", flood(1000, "IHDR", seven[16:29]), 400)
	add("a palette of 1 MiB", flood(1, "PLTE", make([]byte, 1<<20)), 400)
	add("a chunk of 4 GiB", slices.Concat(head, []byte("\xff\xff\xff\xffIDAT"), make([]byte, 1000)), 400)
	add("a wrong checksum", slices.Concat(seven[:29], []byte{1, 2, 3, 4}, tail), 400)
	pixels := deflated(make([]byte, 29*28))
	small := pngHeader(28, 28, 8, 0, 0)
	for _, b := range pixels {
		small = append(small, chunk("IDAT", []byte{b})...)
	}
	add("pixels byte by byte", append(small, chunk("IEND", nil)...), 422)
	add("400,000 empty pieces of pixels", slices.Concat(pngHeader(28, 28, 8, 0, 0), bytes.Repeat(chunk("IDAT", nil), 400_000)), 422)
	for kind := range byte(8) {
		add(fmt.Sprintf("kind %d of 3 bits", kind), zeroPNG(28, 28, 3, kind, 0, 1000), 400, 415)
	}
	add("filter 9", slices.Concat(pngHeader(28, 28, 8, 0, 0), chunk("IDAT", deflated(bytes.Repeat([]byte{9}, 29*28))), chunk("IEND", nil)), 400)
	return all
}

func jpegBombs() (all []Request) {
	add := func(name string, file []byte, status ...int) {
		all = append(all, post("jpeg: "+name, "/predict", file, status...))
	}
	for _, scans := range []int{33, 100, 1000, 5452} {
		add(fmt.Sprintf("%d scans", scans), JPEG{1024, 1024, 1, true, scans}.Bytes(), 422)
		add(fmt.Sprintf("%d scans of 4 MP in colour", scans), JPEG{2000, 2000, 3, true, scans}.Bytes(), 422)
	}
	for _, components := range []int{1, 3, 4} {
		add(fmt.Sprintf("32 scans of 3 MP and %d components", components), JPEG{1600, 2000 * 3 / max(components, 3), components, true, 32}.Bytes(), 422)
		add(fmt.Sprintf("progressive, 4 MP and %d components", components), JPEG{2000, 2000, components, true, 1}.Bytes(), 422)
		add(fmt.Sprintf("progressive, 25 MP and %d components", components), JPEG{5000, 5000, components, true, 1}.Bytes(), 422)
		add(fmt.Sprintf("4 MP and %d components", components), JPEG{2000, 2000, components, false, 1}.Bytes(), 422)
	}
	add("25 MP", JPEG{5000, 5000, 1, false, 1}.Bytes(), 422)
	add("a narrow one", JPEG{65535, 48, 1, true, 32}.Bytes(), 422)
	seven := files(56)["jpeg"]
	flood := func(n int, marker byte, body []byte) []byte {
		return slices.Concat(seven[:2], bytes.Repeat(segment(nil, marker, body), n), seven[2:])
	}
	add("1,000,000 fill bytes", slices.Concat(seven[:2], bytes.Repeat([]byte{0xff}, 1_000_000), seven[2:]), 200)
	add("100,000 comments", flood(100_000, 0xfe, []byte("a")), 200)
	add("20,000 tables", flood(20_000, 0xc4, huffman(0, 0)), 200)
	add("20,000 quanta", flood(20_000, 0xdb, append([]byte{0}, make([]byte, 64)...)), 200)
	add("100,000 restarts", slices.Concat(seven[:len(seven)-2], bytes.Repeat([]byte{0xff, 0xd0}, 100_000), seven[len(seven)-2:]), 200, 400)
	add("Exif with 65,000 entries", flood(1, 0xe1, slices.Concat([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff"), make([]byte, 60000))), 200)
	add("Exif in a circle", flood(1, 0xe1, []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x08")), 200)
	add("1,000 Exif", flood(1000, 0xe1, []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")), 200)
	add("no tables", slices.Concat([]byte{0xff, 0xd8}, segment(nil, 0xc0, []byte{8, 0, 28, 0, 28, 1, 1, 0x11, 0}), segment(nil, 0xda, []byte{1, 1, 0, 0, 63, 0}), make([]byte, 99), []byte{0xff, 0xd9}), 400)
	add("arithmetic codes", slices.Concat([]byte{0xff, 0xd8}, segment(nil, 0xc9, []byte{8, 0, 28, 0, 28, 1, 1, 0x11, 0})), 400, 415)
	add("12 bits", slices.Concat([]byte{0xff, 0xd8}, segment(nil, 0xc1, []byte{12, 0, 28, 0, 28, 1, 1, 0x11, 0})), 400, 415)
	add("components of 15x15", slices.Concat([]byte{0xff, 0xd8}, segment(nil, 0xc0, []byte{8, 0, 28, 0, 28, 3, 1, 0xff, 0, 2, 0x11, 0, 3, 0x11, 0})), 400, 415)
	return all
}

func tiffBombs(bomb []byte) (all []Request) {
	add := func(name string, file []byte, status ...int) {
		all = append(all, post("tiff: "+name, "/predict", file, status...))
	}
	add("4 MP deflated", tiffFile(2000, 2000, 2000, 8, deflated(make([]byte, 2000*2000))), 422)
	add("64 MiB deflated behind 28x28", tiffFile(28, 28, 28, 8, bomb), 400, 422)
	add("PackBits of 4 MP", tiffFile(2000, 2000, 2000, 32773, bytes.Repeat([]byte{0x81, 0}, 2000*2000/128)), 422)
	add("PackBits of 64 MiB behind 28x28", tiffFile(28, 28, 28, 32773, bytes.Repeat([]byte{0x81, 0}, 64<<20/128)), 400, 422)
	gray := func(width, height uint32, more ...tag) []byte {
		return tiffWith(append([]tag{{256, []uint32{width}}, {257, []uint32{height}}, {258, []uint32{8}}, {259, []uint32{8}}, {262, []uint32{1}}}, more...),
			deflated(make([]byte, 1<<20)))
	}
	tiles := make([]uint32, 1<<12+1)
	add("wide tiles of a narrow image", gray(16, 60000, tag{322, []uint32{65536}}, tag{323, []uint32{16}}, tag{324, tiles[:3750]}, tag{325, tiles[:3750]}), 422)
	add("4,097 strips", gray(28, 1<<12+1, tag{273, tiles}, tag{278, []uint32{1}}, tag{279, tiles}), 400, 422)
	add("1,000,000 strips", gray(28, 1000000/28, tag{273, make([]uint32, 500_000)}, tag{278, []uint32{1}}, tag{279, make([]uint32, 500_000)}), 400, 422)
	shared := append([]byte("II*\x00\x08\x00\x00\x00"), 17, 0)
	for _, id := range []uint16{256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 292, 293, 317, 322, 323, 324, 325} {
		shared = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(shared, id), 4)
		shared = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(shared, 1<<21-100), 8+2+17*12)
	}
	add("tags that share 8 MiB", append(shared, make([]byte, 8<<20-400)...), 400, 415, 422)
	add("no strips", gray(28, 28), 400, 415)
	add("strips of no rows", gray(28, 28, tag{273, []uint32{8}}, tag{278, []uint32{0}}, tag{279, []uint32{9}}), 400, 422)
	add("a strip beyond the end", gray(28, 28, tag{273, []uint32{1 << 31}}, tag{278, []uint32{28}}, tag{279, []uint32{1 << 31}}), 400)
	for _, kind := range []uint32{2, 3, 4, 5, 6, 7, 34712, 50000} {
		add(fmt.Sprintf("compression %d", kind), tiffFile(28, 28, 28, kind, []byte{1, 2, 3}), 400, 415)
	}
	many := make([]byte, 2+12*65535)
	binary.LittleEndian.PutUint16(many, 65535)
	add("65,535 tags", append([]byte("II*\x00\x08\x00\x00\x00"), many...), 400, 415)
	for _, at := range []uint32{0, 4, 1 << 31, 1<<32 - 1} {
		add(fmt.Sprintf("a directory at %d", at), append(binary.LittleEndian.AppendUint32([]byte("II*\x00"), at), make([]byte, 99)...), 400, 415)
	}
	return all
}

func gifBombs() (all []Request) {
	add := func(name string, file []byte, status ...int) {
		all = append(all, post("gif: "+name, "/predict", file, status...))
	}
	add("25 MP", zeroGIF(5000, 5000, 25_000_000), 422)
	add("64 MiB behind 28x28", zeroGIF(28, 28, 64<<20), 400, 422)
	add("too few pixels", zeroGIF(28, 28, 5), 400)
	seven := files(56)["gif"]
	frame := zeroGIF(28, 28, 784)[19 : len(zeroGIF(28, 28, 784))-1]
	add("10,000 frames", slices.Concat(seven[:len(seven)-1], bytes.Repeat(frame, 10_000), []byte{0x3b}), 200)
	add("1,000,000 bytes of comments", slices.Concat(seven[:len(seven)-1], []byte{0x21, 0xfe}, bytes.Repeat([]byte{1, 'a'}, 500_000), []byte{0, 0x3b}), 200)
	first := slices.Index(seven, 0x2c)
	add("100,000 comments before the frame", slices.Concat(seven[:first], bytes.Repeat([]byte{0x21, 0xfe, 1, 'a', 0}, 100_000), seven[first:]), 200)
	add("a frame beyond the picture", slices.Concat(seven[:first+1], []byte{255, 255, 255, 255}, seven[first+5:]), 400)
	for _, width := range []byte{0, 1, 9, 12, 255} {
		add(fmt.Sprintf("codes of %d bits", width), slices.Concat(zeroGIF(28, 28, 784)[:29], []byte{width, 2, 0xaa, 0xaa, 0, 0x3b}), 400)
	}
	return all
}

// zeroGIF is a GIF of one frame of so many pixels.
func zeroGIF(width, height uint16, pixels int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), width)
	b = append(binary.LittleEndian.AppendUint16(b, height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
	b = append(b, 0x2c, 0, 0, 0, 0)
	b = append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, width), height), 0, 2)
	var packed bytes.Buffer
	w := lzw.NewWriter(&packed, lzw.LSB, 2)
	_, err := w.Write(make([]byte, pixels))
	must(err)
	must(w.Close())
	for part := range slices.Chunk(packed.Bytes(), 255) {
		b = append(append(b, byte(len(part))), part...)
	}
	return append(b, 0, 0x3b)
}

func webpBombs() (all []Request) {
	riff := func(chunks ...string) []byte {
		body := "WEBP"
		for _, c := range chunks {
			body += c
		}
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
	}
	for _, test := range []struct {
		name string
		file []byte
	}{
		{"16384x16384 lossless", riff("VP8L\x06\x00\x00\x00\x2f\xff\xff\xff\x0f\x00")},
		{"25 MP, lossless, of no bits", riff("VP8L\x08\x00\x00\x00\x2f\x87\xd3\xe1\x04\x88\x88\x08")},
		{"12 MP, lossless, of no bits", riff("VP8L\x08\x00\x00\x00\x2f\x9f\xcf\xed\x02\x88\x88\x08")},
		{"4 MP, lossless, of no bits", riff("VP8L\x08\x00\x00\x00\x2f\xcf\xc7\xf3\x01\x88\x88\x08")},
		{"16383x16383 lossy", riff("VP8 \x0a\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f")},
		{"2^24x2^24 extended", riff("VP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\xff\xff")},
		{"an animation", riff("VP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x1b\x00\x00\x1b\x00\x00", "ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
		{"a chunk of 4 GiB", riff("VP8 \xff\xff\xff\xff\x10\x00\x00\x9d\x01\x2a\x1c\x00\x1c\x00")},
		{"a file of 4 GiB", []byte("RIFF\xff\xff\xff\xffWEBPVP8 \x0a\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\x1c\x00\x1c\x00")},
		{"4000x4000 lossless and nothing", riff("VP8L\x06\x00\x00\x00\x2f\x9f\xcf\xe7\x03\x00")},
		{"5000x5000 lossy and nothing", riff("VP8 \x0a\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\x88\x13\x88\x13")},
	} {
		all = append(all, post("webp: "+test.name, "/predict", test.file, 400, 415, 422))
	}
	return all
}
