package hostile

import (
	"fmt"
	"strings"
)

// protocol are attacks by HTTP itself.
func protocol() (all []Request) {
	seven := files(56)["png"]
	for _, path := range []string{"/predict", "/feedback", "/v2/models/digits/infer", "/v1/models/digits:predict"} {
		for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "gzip, gzip", "x-unknown"} {
			all = append(all, post(path+" in "+encoding, path, seven, 415).with("Content-Encoding", encoding))
		}
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"} {
			all = append(all, Request{Name: method + " " + path, Method: method, Path: path, Status: []int{405}})
		}
		all = append(all, post("8 MiB and a byte to "+path, path, make([]byte, 8<<20+1), 400, 413))
	}
	for _, path := range []string{"/-/reload", "/debug/pprof/", "/admin", "/.git/config", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/predict/", "/predict%00", "/PREDICT", "//predict",
		"/v2/models/../repository/index", "/v2/repository/models/digits/unload", "/v2/models/digits/versions/" + strings.Repeat("9", 4000) + "/infer", "/v1/models/digits/versions/%ff:predict", "/metrics/x", "/" + strings.Repeat("a/", 4000)} {
		all = append(all, post(fmt.Sprintf("POST %.40s", path), path, nil, 404))
	}
	for _, query := range []string{"explain=2", "explain=%zz", "explain=1;explain=1", "explain=" + strings.Repeat("1", 4000), strings.Repeat("a=b&", 3000) + "explain=no"} {
		all = append(all, post(fmt.Sprintf("the query %.30s", query), "/predict?"+query, seven, 400))
	}
	for _, header := range [][2]string{{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", strings.Repeat("1.1.1.1,", 1000)}, {"Forwarded", "for=127.0.0.1"}, {"X-Request-Id", "<script>"},
		{"X-Request-Id", strings.Repeat("a", 8000)}, {"Traceparent", "00-" + strings.Repeat("f", 8000)}, {"Content-Type", strings.Repeat("a", 8000)}, {"Content-Type", "image/png; " + strings.Repeat("a=b;", 1000)},
		{"Origin", "https://attacker.example"}, {"Accept-Encoding", strings.Repeat("gzip,", 1000)}, {"Range", "bytes=0-0,1-1"}, {"If-None-Match", "*"}, {"X-HTTP-Method-Override", "DELETE"}} {
		all = append(all, post(fmt.Sprintf("%s: %.30s", header[0], header[1]), "/predict", seven, 200).with(header[0], header[1]))
	}
	return append(all, raw()...)
}

// raw are what no client would send.
func raw() (all []Request) {
	add := func(name, text string, status ...int) {
		all = append(all, Request{Name: "raw: " + name, Raw: []byte(text), Status: status})
	}
	const start = "POST /predict HTTP/1.1\r\nHost: digits\r\n"
	add("headers of 64 KiB", start+"A: "+strings.Repeat("b", 64<<10)+"\r\n\r\n", 431)
	add("10,000 headers", start+strings.Repeat("A: b\r\n", 10_000)+"\r\n", 431)
	add("a path of 64 KiB", "GET /"+strings.Repeat("a", 64<<10)+" HTTP/1.1\r\nHost: digits\r\n\r\n", 431)
	add("two lengths", start+"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400)
	add("a length and chunks", start+"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)
	add("chunks twice", start+"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, 501)
	add("gzip as a transfer", start+"Transfer-Encoding: gzip\r\n\r\n", 501)
	add("a length below 0", start+"Content-Length: -1\r\n\r\n", 400)
	add("a length of 2^64", start+"Content-Length: 18446744073709551616\r\n\r\n", 400)
	add("a length of 2^62", start+"Content-Length: 4611686018427387904\r\n\r\n", 413)
	add("a chunk of 2^64", start+"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400)
	add("a chunk of no number", start+"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400)
	add("100,000 chunks of one byte", start+"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"+strings.Repeat("1\r\na\r\n", 100_000)+"0\r\n\r\n", 400, 415)
	add("chunks with long extensions", start+"Transfer-Encoding: chunked\r\n\r\n1;"+strings.Repeat("a", 64<<10)+"\r\na\r\n0\r\n\r\n", 400)
	add("10,000 trailers", start+"Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n0\r\n"+strings.Repeat("A: b\r\n", 10_000)+"\r\n", 400)
	add("no host", "GET /livez HTTP/1.1\r\n\r\n", 400)
	add("two hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)
	add("a NUL in a header", "GET /livez HTTP/1.1\r\nHost: a\r\nA: \x00\r\n\r\n", 400)
	add("a line break in a header's name", "GET /livez HTTP/1.1\r\nHost: a\r\nA\n: b\r\n\r\n", 400)
	add("a space before a colon", "GET /livez HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400)
	add("HTTP/0.9", "GET /\r\n\r\n", 400)
	add("HTTP/9.9", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505, 400)
	add("a proxy's request", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", 404, 405)
	add("another host's address", "GET http://169.254.169.254/latest HTTP/1.1\r\nHost: a\r\n\r\n", 404)
	add("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, 0)
	add("SSH", "SSH-2.0-OpenSSH_9.9\r\n\r\n", 400)
	add("zeros", strings.Repeat("\x00", 20<<10)+"\r\n\r\n", 400, 431)
	add("expecting something else", start+"Expect: 200-ok\r\nContent-Length: 1\r\n\r\na", 417)
	return all
}
