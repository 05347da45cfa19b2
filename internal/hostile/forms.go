package hostile

import (
	"bytes"
	"fmt"
	"strings"
)

const formType = "multipart/form-data; boundary=x"

// part is one of a form.
func part(header, body string) string { return "--x\r\n" + header + "\r\n\r\n" + body + "\r\n" }

const imageHeader = `Content-Disposition: form-data; name="image"; filename="a.png"`

// forms are multipart forms.
func forms() (all []Request) {
	seven := string(files(56)["png"])
	add := func(name, body string, status ...int) {
		all = append(all, post("form: "+name, "/predict", []byte(body), status...).with("Content-Type", formType))
	}
	one := part(imageHeader, seven)
	add("17 images", strings.Repeat(one, 17)+"--x--", 400)
	add("1,000 images", strings.Repeat(part(imageHeader, "a"), 1000)+"--x--", 400)
	add("100,000 empty parts", strings.Repeat("--x\r\n\r\n\r\n", 100_000)+"--x--", 400)
	add("33 fields", strings.Repeat(part(`Content-Disposition: form-data; name="a"`, "b"), 33)+"--x--", 400)
	add("no end", strings.TrimSuffix(one, "\r\n"), 400)
	add("no parts", "--x--", 400)
	add("nothing but the boundary", "--x", 400)
	add("1,000,000 boundaries", strings.Repeat("--x\r\n", 1_000_000), 400)
	add("dashes", strings.Repeat("-", 1<<20), 400)
	add("a preamble of 1 MiB", strings.Repeat("a\r\n", 1<<20/3)+"\r\n"+one+"--x--", 200)
	add("100,000 headers in a part", part(imageHeader+"\r\n"+strings.TrimSuffix(strings.Repeat("A: b\r\n", 100_000), "\r\n"), seven)+"--x--", 400)
	add("a header of 1 MiB", part(imageHeader+"\r\nA: "+strings.Repeat("b", 1<<20), seven)+"--x--", 200, 400)
	add("a name of 1 MiB", part(`Content-Disposition: form-data; name="`+strings.Repeat("i", 1<<20)+`"`, seven)+"--x--", 400)
	add("a path as a name", part(`Content-Disposition: form-data; name="image"; filename="../../etc/passwd"`, seven)+"--x--", 200)
	add("a NUL in a name", part("Content-Disposition: form-data; name=\"image\x00\"", seven)+"--x--", 400)
	add("another disposition", part(`Content-Disposition: attachment; name="image"`, seven)+"--x--", 400)
	add("no disposition", part("Content-Type: image/png", seven)+"--x--", 400)
	add("quoted-printable", part(imageHeader+"\r\nContent-Transfer-Encoding: quoted-printable", strings.Repeat("=", 1<<20))+"--x--", 400, 415)
	add("a form in the form", part(imageHeader+"\r\nContent-Type: multipart/mixed; boundary=y", strings.Repeat("--y\r\n\r\n", 1000))+"--x--", 415)
	add("an image that is empty", part(imageHeader, "")+"--x--", 400)
	add("folded headers", part("Content-Disposition: form-data;\r\n name=\"image\"", seven)+"--x--", 200, 400)
	for _, boundary := range []string{"", `; boundary=""`, "; boundary=other", "; boundary=" + strings.Repeat("x", 8<<10)} {
		all = append(all, post(fmt.Sprintf("form: a type with %.20q", boundary), "/predict", []byte(one+"--x--"), 400).with("Content-Type", "multipart/form-data"+boundary))
	}
	for _, n := range []int{1, 16} {
		all = append(all, post(fmt.Sprintf("form: %d scan bombs", n), "/predict",
			[]byte(strings.Repeat(part(imageHeader, string(JPEG{1024, 1024, 1, true, 99}.Bytes())), n)+"--x--"), map[int]int{1: 422, 16: 200}[n]).with("Content-Type", formType))
	}
	return append(all, post("form: 8 MiB and a byte", "/predict", bytes.Repeat([]byte("a"), 8<<20+1), 413).with("Content-Type", formType))
}
