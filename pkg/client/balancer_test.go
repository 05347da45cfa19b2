package client

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// balance serves two servers that know only their own predictions, behind a
// balancer that keeps a client with its cookie at one and sends every request
// of others to the next.
func balance(t *testing.T) (url string) {
	t.Helper()
	var requests atomic.Int32 // without the cookie
	balancer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server := ""
		if cookie, err := r.Cookie("digits"); err == nil {
			server = cookie.Value
		} else {
			server = fmt.Sprint("server-", requests.Add(1)%2)
			http.SetCookie(w, &http.Cookie{Name: "digits", Value: server, Path: "/", HttpOnly: true})
		}
		if r.URL.Path == "/predict" {
			fmt.Fprintf(w, `{"id":%q,"digit":7}`, server)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), `"id":"`+server+`"`) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(balancer.Close)
	return balancer.URL
}

func TestFeedbackReachesTheServerThatPredicted(t *testing.T) {
	url := balance(t)
	for name, c := range map[string]*Client{
		"no http.Client":      {URL: url},
		"one without cookies": {URL: url, HTTP: &http.Client{Transport: http.DefaultTransport}},
	} {
		for range 4 {
			p, err := c.Predict(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Feedback(t.Context(), p.ID, 7); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if c.HTTP != nil && c.HTTP.Jar != nil || http.DefaultClient.Jar != nil {
			t.Errorf("%s: a Jar was put into what is the caller's", name)
		}
	}
}

// Each Client has cookies of its own, so that several use several servers, unless
// they share a Jar of the caller's.
func TestClientsShareNoCookies(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		http    *http.Client
		servers int
	}{{nil, 2}, {&http.Client{Jar: jar}, 1}} {
		url, ids := balance(t), map[string]bool{}
		for range 2 {
			client := Client{URL: url, HTTP: c.http}
			p, err := client.Predict(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			ids[p.ID] = true
		}
		if len(ids) != c.servers {
			t.Errorf("they were answered by %v, want %d", ids, c.servers)
		}
	}
}
