package browsertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// A server that dies and comes back answers what was drawn meanwhile, without
// the reader's doing.
func TestServerGoneAndBack(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.draw(digits[7]...)
	settle(b)
	b.answered("accepted")
	s.stop()
	b.expect("ERR_CONNECTION_REFUSED")
	b.draw(line(point{0.2, 0.9}, point{0.8, 0.9})) // over the answer to the seven
	b.answered("waiting")
	if percents := b.text("#bars .percent"); percents != "" {
		t.Errorf("while it waits, the answer before still shows %q", percents)
	}
	b.do(click("#clear"))
	b.answered("empty")
	b.draw(digits[1]...)
	b.answered("waiting")
	if headline := b.text("#headline"); !strings.HasPrefix(headline, "The server cannot be reached. Trying again in") {
		t.Errorf("headline %q", headline)
	}
	b.until("what a screen reader says", "document.getElementById('said').textContent.startsWith('The server cannot be reached')")
	if eval[bool](b, "document.getElementById('said').closest('[aria-busy=true]') !== null") {
		t.Error("a screen reader may keep back what it says, for the answer is still to come")
	}
	s.start()
	b.answered("accepted")
	if digit := b.text("#digit"); digit != "1" {
		t.Errorf("read as %q", digit)
	}
}

// A server that dies with requests in flight answers them when it is back, a
// single picture as well as many.
func TestServerKilledInFlight(t *testing.T) {
	for name, c := range map[string]struct {
		pictures []string
		read     string // becomes true
	}{
		"one":  {[]string{"seven.png"}, "document.getElementById('digit').textContent === '7' && document.getElementById('answer').dataset.state === 'accepted'"},
		"many": {[]string{"seven.png", "three.jpg", "cross.png"}, "document.getElementById('summary').textContent.startsWith('3 pictures: ') && document.getElementById('summary').textContent.includes(' 0 not read')"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			b := open(t, s.url())
			for _, failure := range []string{"ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"} {
				b.expect(failure)
			}
			var held atomic.Int32
			killed := make(chan struct{})
			s.intercept("/predict", func(_ http.ResponseWriter, r *http.Request) bool {
				select {
				case <-killed:
					return false
				default:
				}
				_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice its end
				held.Add(1)
				<-r.Context().Done()
				return true
			})
			var files []string
			for _, picture := range c.pictures {
				files = append(files, examples+picture)
			}
			b.choose(files...)
			b.waitFor("a request", func() bool { return held.Load() > 0 })
			close(killed)
			s.stop()
			b.until("the waiting", "document.getElementById('main').innerText.includes('The server cannot be reached')")
			s.start()
			b.until("the answers", c.read)
		})
	}
}

// What a balancer says while no server is up is no answer: the page waits, as
// for a server that cannot be reached.
func TestBalancerWithoutServer(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	statuses := []int{http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout}
	for _, status := range statuses {
		b.expect(fmt.Sprint(status))
	}
	eval[bool](b, impatient)
	const tries = 12 // more than a busy server gets
	var asked atomic.Int32
	s.intercept("/predict", func(w http.ResponseWriter, _ *http.Request) bool {
		n := int(asked.Add(1))
		if n > tries {
			return false
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(statuses[n%len(statuses)])
		fmt.Fprint(w, "<h1>No server is available to handle this request.</h1>")
		return true
	})
	b.choose(examples + "seven.png")
	b.answered("accepted")
	waited := eval[[]string](b, "window.waited")
	if len(waited) != tries || slices.ContainsFunc(waited, func(headline string) bool {
		return !strings.HasPrefix(headline, "The server cannot be reached. Trying again in")
	}) {
		t.Errorf("it said meanwhile %q", waited)
	}
}

// impatient makes the page's seconds short, and notes what it says while it
// waits.
const impatient = `(() => {
	const { setTimeout } = window;
	window.setTimeout = (f, milliseconds) => setTimeout(f, milliseconds / 20);
	window.waited = [];
	new MutationObserver(() => {
		if (document.getElementById('answer').dataset.state === 'waiting') window.waited.push(document.getElementById('headline').textContent);
	}).observe(document.getElementById('headline'), { childList: true });
	return true;
})()`

// A busy server is asked again after the time that it names, and no more often.
func TestServerBusy(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.expect("503")
	var refused atomic.Int32
	s.intercept("/predict", func(w http.ResponseWriter, _ *http.Request) bool {
		if refused.Add(1) > 1 {
			return false
		}
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"type":"urn:digits:problem:overloaded","title":"x","status":503,"detail":"x"}`)
		return true
	})
	b.choose(examples + "seven.png")
	b.answered("waiting")
	if headline := b.text("#headline"); headline != "The server is busy. Trying again in 1 s…" {
		t.Errorf("headline %q", headline)
	}
	b.answered("accepted")
	if n := refused.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// Who sends too much is told so, and waits as long as the server says, however
// long that is.
func TestRateLimited(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.expect("429")
	eval[bool](b, impatient)
	var asked atomic.Int32
	s.intercept("/predict", func(w http.ResponseWriter, _ *http.Request) bool {
		if asked.Add(1) > 1 {
			return false
		}
		w.Header().Set("Retry-After", "90")
		fail(w, http.StatusTooManyRequests, "rate-limited", "a1")
		return true
	})
	b.choose(examples + "seven.png")
	b.answered("accepted")
	if waited := eval[[]string](b, "window.waited"); !slices.Equal(waited, []string{"Too many requests. Trying again in 90 s…"}) {
		t.Errorf("it said meanwhile %q", waited)
	}
}

// fail answers with a problem.
func fail(w http.ResponseWriter, status int, name, id string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"urn:digits:problem:%s","id":%q}`, name, id)
}

// The id that a reader may report is shown where there is one.
func TestProblemsTellTheirID(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.expect("500")
	for _, test := range []struct{ name, id, headline, remark string }{
		{"internal", "a1", "The server failed", "It is not your doing. Try again. If it stays, report this id: a1"},
		{"brand-new", "a2", "The server answered with an error", "Try again. If it stays, report this id: a2"},
		{"brand-new", "", "The server answered with an error", "Try again."},
	} {
		s.intercept("/predict", func(w http.ResponseWriter, _ *http.Request) bool {
			fail(w, http.StatusInternalServerError, test.name, test.id)
			return true
		})
		b.choose(examples + "seven.png")
		b.until("the advice", fmt.Sprintf("document.getElementById('remark').textContent === %q", test.remark))
		if headline := b.text("#headline"); headline != test.headline {
			t.Errorf("%s: %q", test.name, headline)
		}
	}
}

// The answer to a drawing that has been changed since is not shown.
func TestStaleAnswersAreDropped(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	var left atomic.Bool
	var asked atomic.Int32
	s.intercept("/predict", func(_ http.ResponseWriter, r *http.Request) bool {
		if asked.Add(1) > 1 {
			return false
		}
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice
		<-r.Context().Done()               // that the page gives up
		left.Store(true)
		return true
	})
	b.choose(examples + "cross.png")
	b.waitFor("the request", func() bool { return asked.Load() == 1 })
	b.choose(examples + "seven.png")
	b.answered("accepted")
	b.waitFor("the end of the first request", left.Load)
	if digit := b.text("#digit"); digit != "7" {
		t.Errorf("read as %q", digit)
	}
}

// A correction is counted by the server, once for each answer.
func TestFeedbackIsCounted(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.expect("409") // of the second
	b.draw(digits[7]...)
	settle(b)
	for _, words := range []string{"Thank you. It was noted as a 1.", "A correction of this answer has been noted already."} {
		b.do(click(`#feedback button[value="1"]`))
		b.until("what became of it", fmt.Sprintf("document.getElementById('thanks').textContent.startsWith(%q)", words))
	}
	metrics := eval[string](b, "fetch('metrics').then((response) => response.text())")
	if !strings.Contains(metrics, `digits_feedback_total{actual="1",predicted="7"} 1`) {
		t.Error("the server has not counted it")
	}
}

// A correction is sent with the answer's id. A server that takes none says so.
func TestFeedback(t *testing.T) {
	s := serve(t)
	for name, test := range map[string]struct {
		status        int
		problem, want string
	}{
		"taken":      {http.StatusNoContent, "", "Thank you. It was noted as a 1."},
		"forgotten":  {http.StatusNotFound, "unknown-id", "The server no longer knows this answer."},
		"not taken":  {http.StatusMethodNotAllowed, "method-not-allowed", "This server does not take corrections."},
		"no route":   {http.StatusNotFound, "not-found", "This server does not take corrections."},
		"the server": {http.StatusInternalServerError, "internal", "The correction did not get through."},
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Value
			s.intercept("/feedback", func(w http.ResponseWriter, r *http.Request) bool {
				var body struct {
					ID    string
					Label int
				}
				if err := json.NewDecoder(r.Body).Decode(&body); err == nil {
					sent.Store(body.ID + fmt.Sprint(body.Label))
				}
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(test.status)
				if test.problem != "" {
					fmt.Fprintf(w, `{"type":"urn:digits:problem:%s"}`, test.problem)
				}
				return true
			})
			b := open(t, s.url())
			b.expect(fmt.Sprint(test.status))
			b.draw(digits[7]...)
			settle(b)
			b.do(click(`#feedback button[value="1"]`))
			b.until("what became of it", fmt.Sprintf("document.getElementById('thanks').textContent.startsWith(%q)", test.want))
			if got, _ := sent.Load().(string); len(got) < 10 || !strings.HasSuffix(got, "1") {
				t.Errorf("sent %q", got)
			}
		})
	}
}
