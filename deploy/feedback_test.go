package deploy_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// A client that keeps cookies stays at one server, so that its feedback reaches
// the one that answered; others are spread.
func TestFeedbackReachesTheServerThatAnswered(t *testing.T) {
	_, _, url := behindBalancer(t, "0s")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 12
	if taken := feedbackTaken(t, &http.Client{Jar: jar}, url, rounds); taken != rounds {
		t.Errorf("of a browser %d of %d are taken", taken, rounds)
	}
	if taken := feedbackTaken(t, http.DefaultClient, url, rounds); taken == rounds {
		t.Error("all clients are at one server")
	}
}

// feedbackTaken asks about a picture and then says what it showed, so many times.
func feedbackTaken(t *testing.T, client *http.Client, url string, rounds int) (taken int) {
	t.Helper()
	for range rounds {
		reply, err := client.Post(url+"/predict", "", bytes.NewReader(example(t, "seven.png")))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ ID string }
		err = json.NewDecoder(reply.Body).Decode(&answer)
		reply.Body.Close()
		if err != nil || answer.ID == "" {
			t.Fatalf("%s, %v", reply.Status, err)
		}
		reply, err = client.Post(url+"/feedback", "application/json", strings.NewReader(`{"id":"`+answer.ID+`","label":7}`))
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode == http.StatusNoContent {
			taken++
		}
	}
	return taken
}
