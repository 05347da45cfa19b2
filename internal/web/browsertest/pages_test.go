package browsertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"digits/internal/web"
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
	for range 10 { // refusals, of whose durations the percentiles must not be
		reply, err := http.Post(s.url()+"/predict", "", strings.NewReader("no image"))
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
	}
	b.do(chromedp.Navigate(s.url() + "/status"))
	b.until("the median", "/ ms$/.test(document.getElementById('p50').textContent)")
	b.until("the rate", "document.getElementById('rate').textContent !== '–'")
	if read := eval[string](b, "[...document.querySelectorAll('#read li')].map((e) => e.textContent).join()"); !strings.Contains(read, "71") {
		t.Errorf("digits read: %s", read)
	}
	if refused := b.text("#refused"); refused != "unsupported_media_type10not_a_digit1" {
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

// Without metrics on this port, the page says where they are, asks for none, and
// still tells about the model.
func TestStatusWithoutMetrics(t *testing.T) {
	s := serveTelling(t, func(pages *web.Options) { pages.NoMetrics = true })
	asked := make(chan string, 100)
	s.intercept("/metrics", func(http.ResponseWriter, *http.Request) bool { asked <- "it asks for /metrics"; return false })
	b := open(t, s.url()+"/status?lang=en")
	b.until("the links' language", "document.querySelector('nav a').search === '?lang=en'") // the script has run
	if notice := b.text(".notice:not(noscript *)"); !strings.Contains(notice, "no live figures") || !strings.Contains(notice, "--admin-addr") {
		t.Errorf("the notice is %q", notice)
	}
	if page := b.text("main"); strings.Contains(page, "every two seconds") || strings.Contains(page, "Uptime") || !strings.Contains(page, "SHA-256 of the weights") {
		t.Errorf("the page is %q", page)
	}
	select {
	case complaint := <-asked:
		t.Error(complaint)
	default:
	}
}

// On the operators' listener it draws the metrics that are there.
func TestStatusOnTheAdminListener(t *testing.T) {
	s := serveTelling(t, func(pages *web.Options) { pages.StatusOnly = true })
	s.handler = s.api.Admin(nil)
	b := open(t, s.url()+"/status")
	b.until("the metrics", "document.getElementById('uptime').textContent !== '–'")
	if !eval[bool](b, "document.getElementById('notice').hidden") {
		t.Errorf("the notice is %q", b.text("#notice"))
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

// Everything that the docs offer to send is answered.
func TestDocsSendWorks(t *testing.T) {
	b := open(t, serve(t).url()+"/docs")
	b.expect("/feedback") // on an answer that there is not
	b.do(chromedp.SetUploadFiles("#op-post-predict [type=file]", absolute(t, examples+"seven.png"), chromedp.NodeReady))
	sent := eval[[]string](b, `[...document.querySelectorAll('.operation')].filter((o) => o.querySelector('.send')).map((o) => (o.querySelector('.send').click(), o.id))`)
	b.until("the replies", `[...document.querySelectorAll('.operation .reply p')].every((p) => /^\d{3} /.test(p.textContent))`)
	for _, id := range sent {
		if reply := b.text("#" + id + " .reply p"); !strings.HasPrefix(reply, "200 ") && id != "op-post-feedback" {
			t.Errorf("%s: %s", id, reply)
		}
	}
	for _, id := range []string{"op-post-v2-models-digits-infer", "op-post-v1-models-digits-predict", "op-get-v2-models-digits-versions-version-"} {
		if !slices.Contains(sent, id) {
			t.Errorf("%s cannot be sent", id)
		}
	}
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
