package deploy_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// With haproxy-tls.cfg, only who knows the token is answered, over TLS.
func TestTLSAndToken(t *testing.T) {
	haproxy := program(t, "haproxy")
	server, secure := freeAddress(t), freeAddress(t)
	startServer(t, server)
	certificate, roots := selfSigned(t)
	start(t, []string{"DIGITS_1=" + server, "DIGITS_2=" + server, "DIGITS_3=" + server, "DIGITS_PUBLIC=" + freeAddress(t), "DIGITS_BALANCER_METRICS=" + freeAddress(t),
		"DIGITS_SECURE=" + secure, "DIGITS_CERTIFICATE=" + certificate, "DIGITS_TOKEN=secret"}, haproxy, "-db", "-f", "haproxy.cfg", "-f", "haproxy-tls.cfg")
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for _, c := range []struct {
		authorization string
		status        int
	}{{"Bearer secret", 200}, {"bearer secret", 200}, {"BEARER  secret", 200}, {"Bearer Secret", 401}, {"Bearer secret2", 401}, {"Bearer", 401}, {"Basic secret", 401},
		{"secret", 401}, {"", 401}} {
		reply := post(t, &client, "https://"+secure+"/predict", c.authorization)
		if reply.StatusCode != c.status || reply.ProtoMajor != 2 {
			t.Errorf("%q: %s %s, want %d", c.authorization, reply.Proto, reply.Status, c.status)
		}
		if cookie := reply.Header.Get("Set-Cookie"); c.status == 200 && (!strings.HasPrefix(cookie, "digits=") || !strings.HasSuffix(cookie, "; Secure")) {
			t.Errorf("%q: the cookie %q also goes without TLS", c.authorization, cookie)
		}
		if scheme := reply.Header.Get("WWW-Authenticate"); (scheme == "Bearer") != (c.status == 401) {
			t.Errorf("%q: %s, and WWW-Authenticate is %q", c.authorization, reply.Status, scheme)
		}
	}
}

// The balancer's files are valid as they are; it does not start without a token,
// which would be one that everybody has, nor with a way around it that nobody chose.
func TestBalancerConfigurationIsValid(t *testing.T) {
	haproxy := program(t, "haproxy")
	certificate, _ := selfSigned(t)
	for _, c := range []struct {
		environment []string
		files       []string
		complaint   string
	}{
		{nil, []string{"-f", "haproxy.cfg"}, ""},
		{[]string{"DIGITS_TOKEN=secret", "DIGITS_PUBLIC=127.0.0.1:8086"}, []string{"-f", "haproxy.cfg", "-f", "haproxy-tls.cfg"}, ""},
		{[]string{"DIGITS_TOKEN=-x", "DIGITS_PUBLIC=127.0.0.1:8086"}, []string{"-f", "haproxy.cfg", "-f", "haproxy-tls.cfg"}, ""},
		{[]string{"DIGITS_TOKEN=", "DIGITS_PUBLIC=127.0.0.1:8086"}, []string{"-f", "haproxy.cfg", "-f", "haproxy-tls.cfg"}, "DIGITS_TOKEN is not set"},
		{[]string{"DIGITS_PUBLIC=127.0.0.1:8086"}, []string{"-f", "haproxy.cfg", "-f", "haproxy-tls.cfg"}, "DIGITS_TOKEN is not set"},
		{[]string{"DIGITS_TOKEN=secret"}, []string{"-f", "haproxy.cfg", "-f", "haproxy-tls.cfg"}, "DIGITS_PUBLIC is not set"},
	} {
		check := exec.Command(haproxy, append([]string{"-c"}, c.files...)...)
		check.Env = append(c.environment, "DIGITS_CERTIFICATE="+certificate)
		if output, err := check.CombinedOutput(); (err == nil) != (c.complaint == "") || !strings.Contains(string(output), c.complaint) {
			t.Errorf("%v %v: %v\n%s", c.environment, c.files, err, output)
		}
	}
}

// post asks again until the balancer listens and has a server.
func post(t *testing.T, client *http.Client, url, authorization string) *http.Response {
	t.Helper()
	for range 100 {
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(example(t, "seven.png")))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", authorization)
		reply, err := client.Do(request)
		if err == nil {
			reply.Body.Close()
			if reply.StatusCode != http.StatusServiceUnavailable {
				return reply
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the balancer does not answer")
	return nil
}

// selfSigned writes a certificate of 127.0.0.1 with its key.
func selfSigned(t *testing.T) (file string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	certificate, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	file = filepath.Join(t.TempDir(), "server.pem")
	if err := os.WriteFile(file, append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, roots
}
