package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func example(t *testing.T, name string) []byte {
	t.Helper()
	return []byte(read(t, "../api/examples/"+name))
}

// mixedTraffic asks for digits, gives feedback on them, and sends what is no
// digit and no image, until it is stopped.
func mixedTraffic(t *testing.T, url string, stop <-chan struct{}) {
	images := [][]byte{example(t, "seven.png"), example(t, "three.jpg"), example(t, "cross.png"), []byte("no image")}
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-time.After(10 * time.Millisecond):
		}
		reply, err := http.Post(url+"/predict", "", bytes.NewReader(images[i%len(images)]))
		if err != nil {
			t.Error(err)
			return
		}
		var answer struct {
			ID    string
			Digit int
		}
		_ = json.NewDecoder(reply.Body).Decode(&answer)
		reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			continue
		}
		feedback := fmt.Sprintf(`{"id":%q,"label":%d}`, answer.ID, (answer.Digit+i/len(images)%2)%10)
		if reply, err = http.Post(url+"/feedback", "application/json", bytes.NewReader([]byte(feedback))); err == nil {
			reply.Body.Close()
		}
	}
}

// clients ask, each one request after the other on a connection of its own, and
// what came of it.
type clients struct {
	stop         chan struct{}
	running      sync.WaitGroup
	sent, failed atomic.Int64
	failedTwice  atomic.Int64 // of those that failed, also when asked again
	dead         atomic.Bool  // the server whose cookie they have, as the test says
	failedLater  atomic.Int64 // of those that failed, begun after that
	problem      atomic.Value // the last failure
}

// startLoad starts so many clients. A server, if one is named, is the one of whose
// cookie they have.
func startLoad(url string, image []byte, count int, server string) *clients {
	l := &clients{stop: make(chan struct{})}
	for range count {
		l.running.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
			for {
				select {
				case <-l.stop:
					return
				case <-time.After(15 * time.Millisecond):
				}
				l.ask(client, url, image, server)
			}
		})
	}
	return l
}

// ask sends a request, and again if it fails, and counts.
func (l *clients) ask(client *http.Client, url string, image []byte, server string) {
	later := l.dead.Load()
	l.sent.Add(1)
	err := ask(client, url, image, server)
	if err == nil {
		return
	}
	l.failed.Add(1)
	l.problem.Store(err.Error())
	if later {
		l.failedLater.Add(1)
	}
	time.Sleep(250 * time.Millisecond) // a process that is killed closes its connections one after the other
	if ask(client, url, image, server) != nil {
		l.failedTwice.Add(1)
	}
}

// end stops the clients and waits for them.
func (l *clients) end() {
	close(l.stop)
	l.running.Wait()
}

func ask(client *http.Client, url string, image []byte, server string) error {
	request, err := http.NewRequest(http.MethodPost, url+"/predict", bytes.NewReader(image))
	if err != nil {
		return err
	}
	if server != "" {
		request.AddCookie(&http.Cookie{Name: "digits", Value: server})
	}
	reply, err := client.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", reply.Status, body)
	}
	return err
}
