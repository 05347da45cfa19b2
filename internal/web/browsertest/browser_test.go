// Package browsertest tries the pages in a real browser, Chromium without a
// window, against the real service with the embedded weights.
package browsertest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// shared is the browser that all tests share. TestMain ends it.
var shared = struct {
	once    sync.Once
	context context.Context
	end     context.CancelFunc
	err     error
}{end: func() {}}

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() { // they are the same whatever the server was built with
		fmt.Println("skipped by -short: the browser")
		return
	}
	code := m.Run()
	shared.end()
	os.Exit(code)
}

// chromium returns the program to start: what CHROMIUM names, or the first
// that is found.
func chromium() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium was found: install it (Debian: apt-get install chromium) or name it in CHROMIUM")
}

func startBrowser() {
	path, err := chromium()
	if err != nil {
		shared.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("lang", "en"), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	shared.context, shared.end = chromedp.NewContext(allocator)
	stop := shared.end
	shared.end = func() { stop(); end() }
	shared.err = chromedp.Do(shared.context)
}

// missing skips the test for want of something, or fails it where nothing may
// be wanting.
func missing(t *testing.T, what error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// tab is a page that is open.
type tab struct {
	*testing.T
	ctx context.Context

	mutex    sync.Mutex
	faults   []string // what the browser complained about
	expected []string // texts of complaints that the test provokes
}

// open opens an address. Complaints of the browser fail the test: errors on
// the console, exceptions, what the Content-Security-Policy forbids.
func open(t *testing.T, url string) *tab {
	t.Helper()
	shared.once.Do(startBrowser)
	if shared.err != nil {
		missing(t, shared.err)
	}
	ctx, closeTab := chromedp.NewContext(shared.context)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	b := &tab{T: t, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		closeTab()
		b.mutex.Lock()
		defer b.mutex.Unlock()
		for _, fault := range b.faults {
			t.Errorf("the browser complains: %s", fault)
		}
	})
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	command(b, log.Enable, cdp.Empty{})
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
	return b
}

// hear keeps what the browser complains about.
func (b *tab) hear(event any) {
	var fault string
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]runtime.ConsoleAPICalledType{"error", "warning", "assert"}, e.Type) {
			fault = fmt.Sprintf("console.%s", e.Type)
			for _, argument := range e.Args {
				fault += fmt.Sprintf(" %s%s", argument.Value, argument.Description)
			}
		}
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			fault = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, text := range b.expected {
		if strings.Contains(fault, text) {
			return
		}
	}
	if fault != "" {
		b.faults = append(b.faults, fault)
	}
}

// expect says that the browser will complain about something, as it does about
// every reply that is no success.
func (b *tab) expect(text string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.expected = append(b.expected, text)
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// command sends the browser a command of its protocol.
func command[P, R any](b *tab, c cdp.Command[P, R], parameters P) R {
	b.Helper()
	result, err := chromedp.Call(b.ctx, c, parameters)
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// eval returns the value of an expression, or of what it promises.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%.200s: %v", expression, err)
	}
	return value
}

// text returns the text of the first element.
func (b *tab) text(selector string) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf("document.querySelector(%q).textContent.trim()", selector))
}

// until waits until an expression holds.
func (b *tab) until(what, expression string) {
	b.Helper()
	b.waitFor(what, func() bool {
		value, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression, chromedp.EvalAwaitPromise))
		if err != nil && strings.Contains(err.Error(), "navigated") {
			return false // the page is being exchanged for the next one
		}
		if err != nil {
			b.Fatalf("%.200s: %v", expression, err)
		}
		return value
	})
}

// waitFor waits until something is so.
func (b *tab) waitFor(what string, so func() bool) {
	b.Helper()
	for began := time.Now(); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			b.Fatalf("waited in vain for %s; the page says\n%s", what, eval[string](b, "document.body.innerText"))
		}
	}
}

// answered waits for the panel to be in a state.
func (b *tab) answered(state string) {
	b.Helper()
	b.until(state, fmt.Sprintf("document.getElementById('answer').dataset.state === %q", state))
}

// press presses keys, one after the other.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

// click clicks the middle of the first element.
func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(selector, chromedp.NodeVisible)
}

type point struct{ x, y float64 }

// draw draws strokes on the paper with the mouse. A stroke is a line through
// places between 0 and 1.
func (b *tab) draw(strokes ...[]point) {
	b.Helper()
	for _, stroke := range strokes {
		b.mouse(chromedp.MousePressed, stroke[0])
		b.mouse(chromedp.MouseMoved, stroke[1:]...)
		b.mouse(chromedp.MouseReleased, stroke[len(stroke)-1])
	}
}

// mouse does the same at one place of the paper after the other.
func (b *tab) mouse(kind input.DispatchMouseEventType, places ...point) {
	b.Helper()
	box := eval[[]float64](b, "(({left, top, width}) => [left, top, width])(document.getElementById('paper').getBoundingClientRect())")
	for _, p := range places {
		b.do(chromedp.MouseEvent(kind, box[0]+p.x*box[2], box[1]+p.y*box[2], chromedp.ButtonLeft))
	}
}

// theme sets the reader's theme, "light" or "dark".
func (b *tab) theme(name string) {
	b.Helper()
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
}
