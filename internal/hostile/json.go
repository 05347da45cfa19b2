package hostile

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// literals are what is no JSON, or not the JSON that is asked for.
func literals() []string {
	deep := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	return []string{
		`{`, `}`, `[]`, `""`, `0`, `null`, `true`, `{}`, `{"image"}`, `{"image":}`, `{"image":NaN}`, `{"image":1e999}`, `{"image":[]}`, `{"image":{}}`,
		`{"image":"","image":""}`, `{"images":{}}`, `{"images":[[]]}`, `{"images":[null]}`, `{"images":[1]}`, `{"images":"a"}`, `{"Image":"aaaa"}`, `{"image":"aaaa","b":1}`,
		`{"image":"a"}`, `{"image":"a==="}`, `{"image":"%"}`, `{"image":"\ud800"}`, `{"image":"\x"}`, "{\"image\":\"\xff\"}", "{\"image\":\"a\nb\"}", "\xef\xbb\xbf{}",
		`{"image":"aaaa"}{}`, `{"image":"aaaa"} x`, `{"__proto__":1}`, `{"image":"data:image/png;base64,aaaa"}`, `{'image':'aaaa'}`, `{"image":"aaaa",}`, `{/**/}`,
		deep(`[`, ``, `]`, 100_000), deep(`{"image":`, `1`, `}`, 100_000), deep(`{"images":[`, ``, `]}`, 100_000), `{"image":` + strings.Repeat("9", 1<<20) + `}`,
		`{"` + strings.Repeat("a", 1<<20) + `":1}`, `{"image":"` + strings.Repeat("A", 1<<20) + `"}`, `{"image":"` + strings.Repeat(`\u0041`, 100_000) + `"}`,
		`{"images":[` + strings.Repeat(`"",`, 300_000) + `""]}`, `{` + strings.Repeat(`"a":1,`, 300_000) + `"a":1}`, `{` + strings.Repeat(" ", 1<<20),
	}
}

// uploads are JSON bodies that should hold images.
func uploads() (all []Request) {
	for i, text := range literals() {
		all = append(all, post(fmt.Sprintf("json %d: %.30q", i, text), "/predict", []byte(text), 400, 415).with("Content-Type", "application/json"))
		all = append(all, post(fmt.Sprintf("feedback %d: %.30q", i, text), "/feedback", []byte(text), 400))
	}
	bomb := base64.StdEncoding.EncodeToString(JPEG{1024, 1024, 1, true, 5452}.Bytes())
	return append(all, post("json: a scan bomb", "/predict", []byte(`{"image":"`+bomb+`"}`), 422),
		post("json: 16 scan bombs", "/predict", []byte(`{"images":[`+strings.TrimSuffix(strings.Repeat(`"`+bomb+`",`, 16), ",")+`]}`), 200))
}

// inference are bodies for the protocols of model servers.
func inference() (all []Request) {
	const infer, predict = "/v2/models/digits/infer", "/v1/models/digits:predict"
	for i, text := range literals() {
		all = append(all, post(fmt.Sprintf("infer %d: %.30q", i, text), infer, []byte(text), 400), post(fmt.Sprintf("tensorflow %d: %.30q", i, text), predict, []byte(text), 400))
	}
	pixels := strings.TrimSuffix(strings.Repeat("0,", 784), ",")
	input := func(name, shape, datatype, data string) {
		body := `{"inputs":[{"name":"input-0","shape":` + shape + `,"datatype":"` + datatype + `","data":` + data + `}]}`
		all = append(all, post("infer: "+name, infer, []byte(body), 400))
	}
	for _, shape := range []string{`[]`, `[0]`, `[-1,28,28]`, `[28,-28]`, `[4294967296,4294967296]`, `[9223372036854775807,784]`, `[2,9223372036854775807]`, `[18446744073709551616]`, `[1e3]`,
		`[28.5,28]`, `["28",28]`, `[null]`, `null`, `{}`, `"28"`, `[28,28,28]`, `[1,3,28,28]`, `[257,784]`, `[1000000,784]`, `[0,784]`, `[` + strings.Repeat("1,", 100_000) + `784]`} {
		input(fmt.Sprintf("shape %.40s", shape), shape, "FP32", `[`+pixels+`]`)
	}
	for _, value := range []string{`NaN`, `Infinity`, `-Infinity`, `1e999`, `-1e999`, `255`, `-1`, `1e-999999999`, `"0"`, `null`, `[]`, `{}`, `true`, `0x1`, `01`, `.5`, strings.Repeat("1", 100_000), `0.` + strings.Repeat("0", 1<<20) + `x`} {
		data := strings.Replace(pixels, "0", value, 1)
		if value == `1e-999999999` { // it is 0
			continue
		}
		input(fmt.Sprintf("a number %.20s", value), `[28,28]`, "FP32", `[`+data+`]`)
		all = append(all, post(fmt.Sprintf("tensorflow: a number %.20s", value), predict, []byte(`{"instances":[[`+data+`]]}`), 400))
	}
	for _, datatype := range []string{"", "FP16", "INT8", "BOOL", "fp32", "BYTES", strings.Repeat("F", 1<<20)} {
		input(fmt.Sprintf("datatype %.20q", datatype), `[28,28]`, datatype, `[`+pixels+`]`)
	}
	input("deep data", `[28,28]`, "FP32", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000))
	input("4,000,000 numbers", `[28,28]`, "FP32", `[`+strings.Repeat("0,", 4_000_000-1)+`0]`)
	input("empty lists", `[28,28]`, "FP32", `[`+strings.Repeat("[],", 1_000_000)+`[]]`)
	for _, length := range []string{"-1", "1", "2147483648", "18446744073709551616", "1e3", "abc", "999999999"} {
		all = append(all, post("infer: a header of "+length, infer, []byte(`{"inputs":[]}`), 400).with("Inference-Header-Content-Length", length))
	}
	for _, size := range []string{"-1", "0", "1", "3136.5", "4294967296", "9223372036854775807", `"3136"`, "null"} {
		head := `{"inputs":[{"name":"input-0","shape":[28,28],"datatype":"FP32","parameters":{"binary_data_size":` + size + `}}]}`
		all = append(all, post("infer: binary data of "+size, infer, slices.Concat([]byte(head), make([]byte, 3000)), 400).with("Inference-Header-Content-Length", fmt.Sprint(len(head))))
	}
	return all
}
