package httpapi_test

import (
	"bufio"
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"digits/internal/cputime"
	"digits/internal/hostile"
)

// full asks for the long forms of the tests against hostile clients, with
// figures: make hostile.
var full = flag.Bool("hostile", false, "the long forms of the tests against hostile clients")

// attack sends a request and returns the status, or 0 when the connection is
// closed without an answer.
func attack(t *testing.T, server *httptest.Server, h hostile.Request) int {
	t.Helper()
	if h.Raw != nil {
		return attackRaw(t, server, h.Raw)
	}
	r, err := http.NewRequest(h.Method, server.URL, bytes.NewReader(h.Body))
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = h.Path // as it is
	for name, value := range h.Header {
		r.Header.Set(name, value)
	}
	reply, err := server.Client().Do(r)
	if err != nil {
		t.Errorf("%s: %v", h.Name, err)
		return 0
	}
	defer reply.Body.Close()
	_, _ = io.Copy(io.Discard, reply.Body)
	return reply.StatusCode
}

func attackRaw(t *testing.T, server *httptest.Server, raw []byte) int {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = connection.Write(raw) // the server may have had enough
	reply, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0
	}
	reply.Body.Close()
	return reply.StatusCode
}

// service is what ordinary clients got: how long each answer took, and how many
// there were none for.
type service struct {
	took   []time.Duration
	failed int
}

// quantile returns the time within which a share of the answers came.
func (s *service) quantile(share float64) time.Duration {
	slices.Sort(s.took)
	return s.took[int(share*float64(len(s.took)-1))]
}

// unhindered checks that all ordinary clients got their answers. The long forms of
// the tests log how much longer they took than alone.
func (s *service) unhindered(t *testing.T, alone *service) {
	t.Helper()
	if s.failed > 0 || len(s.took) < 10 {
		t.Errorf("of the ordinary requests, %d were answered and %d not", len(s.took), s.failed)
	}
	if *full {
		p99, before := s.quantile(0.99), alone.quantile(0.99)
		t.Logf("p50 %v and p99 %v, alone %v and %v: %.1f times", s.quantile(0.5), p99, alone.quantile(0.5), before, float64(p99)/float64(before))
	}
}

// traffic sends sevens, 400 a second at most, until the returned function is
// called, which tells what became of them.
func traffic(t *testing.T, server *httptest.Server) func() *service {
	seven := readFile(t, "seven.png")
	var clients sync.WaitGroup
	var mu sync.Mutex
	got := &service{}
	done := make(chan struct{})
	for range 2 {
		clients.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				began := time.Now()
				err := sendSeven(server, seven)
				mu.Lock()
				if err != nil {
					t.Log(err)
					got.failed++
				} else {
					got.took = append(got.took, time.Since(began))
				}
				mu.Unlock()
			}
		})
	}
	return func() *service {
		close(done)
		clients.Wait()
		return got
	}
}

func sendSeven(server *httptest.Server, seven []byte) error {
	reply, err := server.Client().Post(server.URL+"/predict", "image/png", bytes.NewReader(seven))
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err == nil && (reply.StatusCode != 200 || !bytes.Contains(text, []byte(`"digit":7`))) {
		err = fmt.Errorf("%d: %.200s", reply.StatusCode, text)
	}
	return err
}

// Every hostile request gets its status while ordinary ones are answered, and
// leaves nothing behind.
func TestHostileRequests(t *testing.T) {
	corpus := hostile.Corpus(rand.New(rand.NewPCG(1, 2)))
	if len(corpus) < 300 {
		t.Errorf("%d requests", len(corpus))
	}
	before := runtime.NumGoroutine()
	server := serve(t, newAPI(t), func(s *http.Server) { s.MaxHeaderBytes = 16 << 10 })
	alone := traffic(t, server)
	if *full {
		time.Sleep(10 * time.Second)
	}
	quiet := alone()
	if *full {
		measureAttacks(t, server, corpus)
	}
	stop := traffic(t, server)
	for _, h := range corpus {
		if status := attack(t, server, h); !slices.Contains(h.Status, status) {
			t.Errorf("%s: %d, want %v", h.Name, status, h.Status)
		}
	}
	stop().unhindered(t, quiet)
	unharmed(t, server)
	nothingLeft(t, server, before)
}

// nothingLeft closes the server and checks that there are no more goroutines
// than before it.
func nothingLeft(t *testing.T, server *httptest.Server, before int) {
	t.Helper()
	server.Client().CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	server.Close()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// measureAttacks logs what each request costs, the client's part included, the
// dearest first.
func measureAttacks(t *testing.T, server *httptest.Server, corpus []hostile.Request) {
	type cost struct {
		name      string
		status    int
		processor time.Duration
		bytes     uint64 // allocated, all in all
	}
	var costs []cost
	for _, h := range corpus {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		clock := cputime.Start()
		status := attack(t, server, h)
		processor := clock.Elapsed()
		runtime.ReadMemStats(&after)
		costs = append(costs, cost{h.Name, status, processor, after.TotalAlloc - before.TotalAlloc})
		if after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s takes %d MiB", h.Name, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(b.processor, a.processor) })
	for _, c := range costs {
		t.Logf("%8.1f ms %9.1f KiB %d %s", float64(c.processor.Microseconds())/1000, float64(c.bytes)/1024, c.status, c.name)
	}
}
