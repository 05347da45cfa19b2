package browsertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// scene is a page in a state that a reader can come to.
type scene struct {
	name, path string
	set        func(b *tab)
}

var scenes = []scene{
	{"empty", "/", func(*tab) {}},
	{"answer", "/", func(b *tab) { b.draw(digits[3]...); settle(b) }},
	{"hesitates", "/", func(b *tab) {
		eval[bool](b, hesitate)
		b.draw(digits[1]...)
		settle(b)
		if remark := b.text("#remark"); !strings.Contains(remark, "It hesitates between 1 and 7.") {
			b.Errorf("the remark is %q", remark)
		}
	}},
	{"rejected", "/", func(b *tab) { b.choose(examples + "cross.png"); settle(b) }},
	{"problem", "/", func(b *tab) { b.expect("415"); b.choose("looks_test.go"); settle(b) }},
	{"many", "/", func(b *tab) {
		b.expect("415")
		b.choose(examples+"seven.png", examples+"three.jpg", "looks_test.go", examples+"cross.png", "../../httpapi/testdata/seven.webp")
		b.until("the end", "/^5|^共 5/.test(document.getElementById('summary').textContent)")
	}},
	{"chinese", "/?lang=zh", func(b *tab) { b.draw(digits[8]...); settle(b) }},
	{"docs", "/docs", func(*tab) {}},
	{"status", "/status", func(b *tab) { b.until("the metrics", "document.getElementById('uptime').textContent !== '–'") }},
}

// hesitate changes the server's answers: which drawings the network doubts
// changes with its weights.
const hesitate = `(() => {
	const { fetch } = window;
	window.fetch = async (...request) => {
		const reply = await (await fetch(...request)).json();
		Object.assign(reply, { digit: 1, confidence: 0.5, accepted: true, candidates: [1, 7], probabilities: [0, 0.5, 0, 0, 0, 0, 0, 0.5, 0, 0] });
		return Response.json(reply);
	};
	return true;
})()`

// tooWide lists what makes the page wider than the window.
const tooWide = `document.documentElement.scrollWidth <= %[1]d ? [] : [...document.querySelectorAll('main *, header *, footer *')]
	.filter((e) => e.getBoundingClientRect().right > %[1]d + 0.5 && !e.closest('.scroll, pre, .path, .card table'))
	.map((e) => e.outerHTML.slice(0, 80))`

// At every width and in both themes, no page is wider than the window. The
// pictures go to the directory that DIGITS_SCREENSHOTS names, for people to look
// at.
func TestLooks(t *testing.T) {
	s := serve(t)
	out := os.Getenv("DIGITS_SCREENSHOTS")
	for _, scene := range scenes {
		for _, width := range []int64{320, 1280, 3840} {
			t.Run(fmt.Sprint(scene.name, " ", width), func(t *testing.T) {
				b := open(t, s.url()+"/livez") // nothing before the size is set
				b.do(chromedp.EmulateViewport(width, max(width*9/16, 640)), chromedp.Navigate(s.url()+scene.path))
				scene.set(b)
				if wide := eval[[]string](b, fmt.Sprintf(tooWide, width)); len(wide) > 0 {
					t.Errorf("beyond the window's edge: %v", wide)
				}
				for _, theme := range []string{"light", "dark"} {
					if out == "" {
						continue
					}
					b.theme(theme)
					b.do(chromedp.Sleep(300 * time.Millisecond)) // the bars grow
					picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
					if err == nil {
						err = os.WriteFile(filepath.Join(out, fmt.Sprintf("%s-%d-%s.png", scene.name, width, theme)), picture, 0o600)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

// Nothing moves while a page loads, however slowly it comes, nor when an answer
// does.
func TestNothingMoves(t *testing.T) {
	s := serve(t)
	for _, request := range []struct{ method, path, body string }{ // rows of the table of refusals
		{http.MethodGet, "/nowhere", ""}, {http.MethodPost, "/predict", ""}, {http.MethodPost, "/predict", "text"}, {http.MethodPost, "/predict", "{}"}, {http.MethodPut, "/predict", ""},
	} {
		send(t, request.method, s.url()+request.path, request.body)
	}
	for _, scene := range []struct {
		scene
		middle string // where the page pauses
	}{
		{scene{"try", "/", drawALot}, `<button type="button" value="4"`},
		{scene{"status after refusals", "/status", func(b *tab) {
			b.until("the metrics", "document.getElementById('rate').textContent !== '–'")
		}}, `<section class="panel" aria-labelledby="stages-title">`},
	} {
		s.intercept(scene.path, inTwo(t, s.handler, scene.middle))
		for _, width := range []int64{320, 768, 1280} {
			t.Run(fmt.Sprint(scene.name, " ", width), func(t *testing.T) {
				b := open(t, s.url()+"/livez") // nothing before the size is set
				b.do(chromedp.EmulateViewport(width, 4000), chromedp.Navigate(s.url()+scene.path))
				eval[bool](b, watchMoves)
				scene.set(b)
				if moved := eval[[]string](b, "new Promise((resolve) => setTimeout(() => resolve(window.moved), 200))"); len(moved) > 0 {
					t.Errorf("these moved: %q", moved)
				}
			})
		}
	}
}

// inTwo answers with a page that a slow network brings in two parts.
func inTwo(t *testing.T, page http.Handler, middle string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		r.Header = http.Header{} // nothing compressed, nothing unchanged
		whole := httptest.NewRecorder()
		page.ServeHTTP(whole, r)
		first, second, found := strings.Cut(whole.Body.String(), middle)
		maps.Copy(w.Header(), whole.Header())
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(whole.Code)
		_, _ = io.WriteString(w, first)
		if err := http.NewResponseController(w).Flush(); !found || err != nil {
			t.Errorf("the page is not in two parts: it has %q is %v; %v", middle, found, err)
		}
		time.Sleep(time.Second) // the browser takes half of it to show a part
		_, _ = io.WriteString(w, middle+second)
		return true
	}
}

func send(t *testing.T, method, url, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := reply.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// watchMoves notes what moves, and what has moved since the page began.
const watchMoves = `(window.moved = [], new PerformanceObserver((list) => {
	for (const { sources } of list.getEntries()) window.moved.push(...sources.map(({ node, previousRect: from, currentRect: to }) =>
		[(node?.outerHTML ?? node?.textContent ?? '').slice(0, 120), 'from', from.x, from.y, from.width, from.height, 'to', to.x, to.y, to.width, to.height].join(' ')));
}).observe({ type: 'layout-shift', buffered: true }), true)`

func drawALot(b *tab) {
	for _, digit := range []int{1, 3, 4} {
		b.draw(digits[digit]...)
		settle(b)
		b.do(click("#clear"))
	}
	for _, stroke := range [][]point{line(point{0.5, 0.1}, point{0.5, 0.9}), line(point{0.1, 0.1}, point{0.9, 0.9}), line(point{0.1, 0.9}, point{0.9, 0.1}), line(point{0, 0.5}, point{1, 0.5})} {
		b.draw(stroke) // in the end there are two lines of remarks
		settle(b)
	}
}

// axe returns axe-core, which make puts beside the other tools.
func axe() (string, error) {
	found, err := filepath.Glob("../../../bin/tools/axe-core-*/axe.min.js")
	if err != nil || len(found) == 0 {
		return "", errors.New("axe-core is not there: make axe fetches it")
	}
	source, err := os.ReadFile(found[len(found)-1])
	if errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return string(source), err
}

// axe-core finds nothing serious in any state, in both themes.
func TestAccessibility(t *testing.T) {
	source, err := axe()
	if err != nil {
		missing(t, err)
	}
	s := serve(t)
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			b := open(t, s.url()+scene.path)
			scene.set(b)
			eval[string](b, source+"; 'axe'")
			for _, theme := range []string{"light", "dark"} {
				b.theme(theme)
				for _, v := range violations(b) {
					if serious := slices.Contains([]string{"serious", "critical"}, v.Impact); serious {
						t.Errorf("%s: %s (%s): %s", theme, v.ID, v.Impact, strings.Join(v.Nodes, "\n\t"))
					} else {
						t.Logf("%s: %s (%s): %s", theme, v.ID, v.Impact, strings.Join(v.Nodes, "\n\t"))
					}
				}
			}
		})
	}
}

type violation struct {
	ID, Impact string
	Nodes      []string
}

func violations(b *tab) (found []violation) {
	b.Helper()
	text := eval[string](b, `axe.run(document).then(({ violations }) => JSON.stringify(violations.map(({ id, impact, nodes }) =>
		({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary) }))))`)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.Fatal(err)
	}
	return found
}
