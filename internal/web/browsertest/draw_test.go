package browsertest

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
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
