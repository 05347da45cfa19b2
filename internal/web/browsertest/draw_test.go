package browsertest

import (
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// At least nine of ten digits that are drawn with the mouse are read right.
func TestDrawnDigitsAreRead(t *testing.T) {
	b := open(t, serve(t).url())
	eval[bool](b, `(window.waits = [], addEventListener('pointerup', () => { window.ended = performance.now(); }, true),
		new MutationObserver(() => requestAnimationFrame(() => {
			if (document.getElementById('answer').ariaBusy === 'false') window.waits.push(Math.round(performance.now() - window.ended));
		})).observe(document.getElementById('took'), { childList: true }), true)`)
	var wrong []string
	for digit, strokes := range digits {
		b.do(click("#clear"))
		b.answered("empty")
		b.draw(strokes...)
		settle(b)
		if got := b.text("#digit"); got != strconv.Itoa(digit) {
			wrong = append(wrong, strconv.Itoa(digit)+" as "+got)
		}
	}
	t.Log("milliseconds from a last stroke to its answer on screen:", eval[[]int](b, "window.waits"))
	if len(wrong) > 1 {
		t.Errorf("read wrong: %v", wrong)
	} else if len(wrong) == 1 {
		t.Log("read wrong:", wrong)
	}
}

// settle waits until the answer to what is on the paper is there.
func settle(b *tab) {
	b.Helper()
	b.until("the last answer", "document.getElementById('answer').ariaBusy === 'false'")
}

// The answer comes while the stroke goes on, when the hand pauses.
func TestAnswerComesAsYouDraw(t *testing.T) {
	b := open(t, serve(t).url())
	seven := digits[7][0]
	b.mouse(chromedp.MousePressed, seven[0])
	b.mouse(chromedp.MouseMoved, seven[1:]...)
	b.answered("accepted")
	settle(b)
	if digit := b.text("#digit"); digit != "7" {
		t.Errorf("before the stroke ends it is read as %q", digit)
	}
	b.mouse(chromedp.MouseReleased, seven[len(seven)-1])
}

// A request about what was on the paper is given up when the drawing goes on.
func TestDrawingOnGivesUpTheRequest(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	var asked, left atomic.Int32
	s.intercept("/predict", func(_ http.ResponseWriter, r *http.Request) bool {
		if asked.Add(1) > 1 {
			return false
		}
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice
		<-r.Context().Done()               // that the page gives up
		left.Add(1)
		return true
	})
	seven := digits[7][0]
	b.mouse(chromedp.MousePressed, seven[0])
	b.waitFor("the request", func() bool { return asked.Load() == 1 })
	b.mouse(chromedp.MouseMoved, seven[1:]...)
	b.waitFor("the end of the first request", func() bool { return left.Load() == 1 })
	b.mouse(chromedp.MouseReleased, seven[len(seven)-1])
	settle(b)
	if digit := b.text("#digit"); digit != "7" {
		t.Errorf("read as %q", digit)
	}
}

// The page says everything that it knows about a drawing.
func TestAnswerIsExplained(t *testing.T) {
	b := open(t, serve(t).url())
	b.draw(digits[7]...)
	settle(b)
	b.answered("accepted")
	if headline := b.text("#headline"); !strings.HasPrefix(headline, "Seven · ") {
		t.Errorf("headline %q", headline)
	}
	percents := eval[[]string](b, "[...document.querySelectorAll('.percent')].map((e) => e.textContent)")
	if len(percents) != 10 || !strings.HasSuffix(percents[7], "%") {
		t.Errorf("percents %q", percents)
	}
	if widths := eval[[]float64](b, "[...document.querySelectorAll('.fill')].map((e) => parseFloat(e.style.width))"); slices.Max(widths) != widths[7] {
		t.Errorf("bars %v", widths)
	}
	if took := b.text("#took"); !strings.HasSuffix(took, "ms round trip") {
		t.Errorf("took %q", took)
	}
	b.until("the picture that the network saw", "document.getElementById('saw')?.naturalWidth === 28")
	if steps := eval[int](b, "document.querySelectorAll('#path li').length"); steps < 4 {
		t.Errorf("%d steps", steps)
	}
	b.until("what a screen reader says", "document.getElementById('said').textContent.startsWith('Seven')")
	command := b.text("#curl")
	if output, err := exec.CommandContext(b.ctx, "sh", "-c", command).Output(); err != nil || !strings.Contains(string(output), `"digit":7`) {
		t.Errorf("%.200s answers %s, %v", command, output, err)
	}
}

// Undo takes one stroke back, and asks again.
func TestUndo(t *testing.T) {
	b := open(t, serve(t).url())
	b.draw(digits[1]...)
	b.answered("accepted")
	b.draw(line(point{0.1, 0.1}, point{0.9, 0.9}), line(point{0.1, 0.9}, point{0.9, 0.1}))
	settle(b)
	for range 2 {
		b.do(chromedp.Click("#undo"))
	}
	b.until("a one again", "document.getElementById('digit').textContent === '1'")
	b.do(chromedp.Click("#undo"))
	b.answered("empty")
	if !eval[bool](b, "document.getElementById('undo').disabled") {
		t.Error("there is still something to undo")
	}
}

// What is no digit is not given out as one.
func TestRejected(t *testing.T) {
	b := open(t, serve(t).url())
	b.draw(line(point{0.2, 0.2}, point{0.8, 0.8}), line(point{0.2, 0.8}, point{0.8, 0.2}), line(point{0.5, 0.1}, point{0.5, 0.9}), line(point{0.1, 0.5}, point{0.9, 0.5}))
	settle(b)
	b.answered("rejected")
	if headline, remark := b.text("#headline"), b.text("#remark"); headline != "This does not look like a digit" || !strings.Contains(remark, "unlike the digits") {
		t.Errorf("%q %q", headline, remark)
	}
}

// Everything can be done with the keyboard alone.
func TestKeyboardOnly(t *testing.T) {
	b := open(t, serve(t).url())
	focus := func() string { return eval[string](b, "document.activeElement.id || document.activeElement.className") }
	var order []string
	for range 20 {
		b.press(kb.Tab)
		order = append(order, focus())
		if focus() == "paper" {
			break
		}
	}
	if order[0] != "skip" || !slices.Contains(order, "paper") {
		t.Fatalf("the way of the focus is %v", order)
	}
	b.press(" ")
	for range 13 {
		b.press(kb.ArrowDown)
	}
	b.press(" ")
	b.until("a one", "document.getElementById('digit').textContent === '1' && document.getElementById('answer').dataset.state === 'accepted'")
	settle(b)
	b.press(kb.Tab)
	if focus() != "undo" {
		t.Fatalf("after the paper comes %q", focus())
	}
	b.press(kb.Enter)
	b.answered("empty")
	for range 8 {
		if b.press(kb.Tab); focus() == "choose" {
			return
		}
	}
	t.Error("the button to choose pictures cannot be reached")
}

// Answers in the table, its file, its end, and a correction want no mouse
// either.
func TestAnswersByKeys(t *testing.T) {
	b := open(t, serve(t).url())
	b.choose(examples+"seven.png", examples+"three.jpg")
	b.until("the end", "document.getElementById('summary').textContent.startsWith('2 pictures: ')")
	b.tabTo("#rows tr:last-child button")
	b.press(kb.Enter)
	b.answered("accepted")
	b.tabTo("#export")
	b.tabTo(".labels button:not([disabled])")
	b.press(kb.Enter)
	b.until("thanks", "document.getElementById('thanks').textContent !== ''")
}

// tabTo moves the focus on until it is at the first element.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 60 {
		if b.press(kb.Tab); eval[bool](b, "document.activeElement === document.querySelector(\""+selector+"\")") {
			return
		}
	}
	b.Fatalf("the keyboard does not reach %s", selector)
}
