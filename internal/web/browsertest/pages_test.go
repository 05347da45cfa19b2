package browsertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The status page draws what the metrics say, and goes on when the server has
// been away.
func TestStatus(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.choose(examples + "seven.png")
	b.answered("accepted")
	b.choose(examples + "cross.png")
	b.answered("rejected")
	b.do(chromedp.Navigate(s.url() + "/status"))
	b.until("the median", "/ ms$/.test(document.getElementById('p50').textContent)")
	b.until("the rate", "document.getElementById('rate').textContent !== '–'")
	if read := eval[string](b, "[...document.querySelectorAll('#read li')].map((e) => e.textContent).join()"); !strings.Contains(read, "71") {
		t.Errorf("digits read: %s", read)
	}
	if refused := b.text("#refused"); refused != "not_a_digit1" {
		t.Errorf("refused: %q", refused)
	}
	if width := eval[int](b, "document.querySelector('.card img[src$=\"confusion.png\"]').naturalWidth"); width < 100 {
		t.Errorf("the confusion matrix is %d wide", width)
	}
	b.expect("ERR_CONNECTION_REFUSED")
	s.stop()
	b.until("the notice", "!document.getElementById('notice').hidden")
	s.start()
	b.until("no notice", "document.getElementById('notice').hidden")
}

// Without metrics on this port, the page says where they are.
func TestStatusWithoutMetrics(t *testing.T) {
	s := serve(t)
	s.intercept("/metrics", func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusNotFound)
		return true
	})
	b := open(t, s.url()+"/livez")
	b.expect("404")
	b.do(chromedp.Navigate(s.url() + "/status"))
	b.until("the notice", "document.getElementById('notice').textContent.includes('admin address')")
	if eval[bool](b, "document.getElementById('live').checkVisibility()") {
		t.Error("figures that there are not are shown")
	}
}

// The docs' requests can be sent from the page.
func TestDocsTryIt(t *testing.T) {
	s := serve(t)
	b := open(t, s.url()+"/docs")
	b.do(click("#op-get-livez .send"))
	b.until("the reply", `document.querySelector('#op-get-livez .reply').textContent.includes('"status": "ok"')`)
	if curl := b.text("#op-get-livez .curl"); curl != "curl -s '"+s.url()+"/livez'" {
		t.Errorf("curl: %s", curl)
	}
	b.do(click("#op-post-predict .send"))
	b.until("the advice", "document.querySelector('#op-post-predict .reply').textContent === 'Choose a picture first.'")
	b.do(chromedp.SetUploadFiles("#op-post-predict [type=file]", absolute(t, examples+"seven.png"), chromedp.NodeReady),
		click("#op-post-predict .explain"), click("#op-post-predict .send"))
	b.until("the reply", `/"digit": 7[^]*"explain": "/.test(document.querySelector('#op-post-predict .reply').textContent)`)
	b.do(click("#op-post-predict .copy"))
	b.until("that it was copied", "/^(Copied|Marked)/.test(document.querySelector('#op-post-predict .copy').textContent)")
}

// The page speaks the reader's language, and keeps the one that was chosen.
func TestChinese(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.do(click(`.languages a[lang="zh"]`))
	b.until("Chinese", "document.documentElement?.lang === 'zh' && document.getElementById('main')?.dataset.ready === 'true'")
	b.draw(digits[7]...)
	settle(b)
	if headline := b.text("#headline"); !strings.HasPrefix(headline, "七 · ") {
		t.Errorf("headline %q", headline)
	}
	b.press(kb.Home)
	b.do(click(`nav:not(.languages) a:last-child`))
	b.until("the status page", "document.documentElement?.lang === 'zh' && document.querySelector('h1')?.textContent === '状态'")
}

// The main page loads what the unit tests have measured, and nothing else.
func TestLoadsOnlyFromHere(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/docs", "/status"} {
		b := open(t, s.url()+path)
		for _, address := range eval[[]string](b, "performance.getEntriesByType('resource').map(({ name }) => name)") {
			if !strings.HasPrefix(address, s.url()+"/") {
				t.Errorf("%s loads %s", path, address)
			}
		}
	}
}
