package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// A finger and a pen draw as a mouse does; a pen that is pressed harder draws
// thicker.
func TestFingerAndPen(t *testing.T) {
	b := open(t, serve(t).url())
	box := eval[[]float64](b, "(({left, top, width}) => [left, top, width])(document.getElementById('paper').getBoundingClientRect())")
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		command(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: at})
	}
	place := func(p point) *input.TouchPoint {
		return &input.TouchPoint{X: box[0] + p.x*box[2], Y: box[1] + p.y*box[2]}
	}
	stroke := digits[7][0]
	touch(input.DispatchTouchEventTypeTouchStart, place(stroke[0]))
	for _, p := range stroke[1:] {
		touch(input.DispatchTouchEventTypeTouchMove, place(p))
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	settle(b)
	if digit := b.text("#digit"); digit != "7" {
		t.Errorf("the finger's seven is read as %q", digit)
	}

	b.expect("willReadFrequently") // this test's own way to count the ink
	var inks []float64
	for _, force := range []float64{0.1, 0.9} {
		b.do(click("#clear"))
		b.answered("empty")
		pen := func(kind input.DispatchMouseEventType, p point) {
			at := place(p)
			command(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, Buttons: 1,
				ClickCount: 1, PointerType: input.DispatchMouseEventPointerTypePen, Force: force})
		}
		pen(input.DispatchMouseEventTypeMousePressed, stroke[0])
		for _, p := range stroke[1:] {
			pen(input.DispatchMouseEventTypeMouseMoved, p)
		}
		pen(input.DispatchMouseEventTypeMouseReleased, stroke[len(stroke)-1])
		settle(b)
		inks = append(inks, eval[float64](b, `(() => {
			const canvas = document.getElementById('paper');
			return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 3 && v > 127).length;
		})()`))
	}
	if inks[1] < 1.2*inks[0] || inks[0] == 0 {
		t.Errorf("ink of a light and of a hard stroke: %v", inks)
	}
}

// What a newer server tells is shown: pictures of the steps, several
// candidates, reasons and flags, known to the page or not.
func TestNewerAnswers(t *testing.T) {
	const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
	for name, test := range map[string]struct {
		judgement, state, headline, remark string
	}{
		"hesitates":      {`"accepted":true,"candidates":[1,7]`, "accepted", "One · Only a guess", "50.0% sure. It hesitates between 1 and 7. The ink touches the edge: leave a margin. Doubtful: brand new."},
		"several digits": {`"accepted":false,"reason":"several_digits","candidates":[1]`, "rejected", "This does not look like a digit", "There seem to be several digits; send one at a time. The nearest would be 1. The ink touches the edge: leave a margin. Doubtful: brand new."},
		"another reason": {`"accepted":false,"reason":"too_pretty","candidates":[1]`, "rejected", "This does not look like a digit", "The server does not stand by its answer (too pretty). The nearest would be 1. The ink touches the edge: leave a margin. Doubtful: brand new."},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			s.intercept("/predict", func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"id":"x","digit":1,"confidence":0.5,"probabilities":[0,0.5,0,0,0,0,0,0.5,0,0],%s,"image":{"format":"png","width":1,"height":1,
					"steps":["gray","polish"],"flags":["clipped","brand_new"],"explain":"%s","pictures":[{"step":"gray","png":"%[2]s"},{"step":"polish","png":"%[2]s"}]},
					"model":{"name":"digits","version":"2"}}`, test.judgement, dot)
				return true
			})
			b := open(t, s.url())
			b.choose(examples + "seven.png")
			b.answered(test.state)
			if headline, remark := b.text("#headline"), b.text("#remark"); headline != test.headline || remark != test.remark {
				t.Errorf("%q %q", headline, remark)
			}
			path := eval[[]string](b, "[...document.querySelectorAll('#path .caption')].map((e) => e.textContent)")
			if want := []string{"sent", "to grey", "polish", "network input"}; !slices.Equal(path, want) {
				t.Errorf("the path is %q", path)
			}
			if pictures := eval[int](b, "document.querySelectorAll('#path img').length"); pictures != 4 {
				t.Errorf("%d pictures", pictures)
			}
		})
	}
}

// What the server made of a picture without ink is shown with the problem.
func TestPathOfABlankPicture(t *testing.T) {
	blank := filepath.Join(t.TempDir(), "blank.png")
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewPaletted(image.Rect(0, 0, 40, 40), color.Palette{color.RGBA{R: 200, A: 255}})); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blank, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, serve(t).url())
	b.expect("422 (Unprocessable Entity)")
	b.choose(blank)
	b.answered("problem")
	path := eval[[]string](b, "[...document.querySelectorAll('#path .caption')].map((e) => e.textContent)")
	if want := []string{"sent", "to grey"}; !slices.Equal(path, want) {
		t.Errorf("the path is %q", path)
	}
}

// The status page's arithmetic, on metrics that are known.
func TestPercentiles(t *testing.T) {
	b := open(t, serve(t).url()+"/status")
	const metrics = `# HELP x A text with {braces} and "quotes".
# TYPE x histogram
x_bucket{route="/a",le="0.1"} 50
x_bucket{route="/a",le="0.2"} 90
x_bucket{route="/a",le="+Inf"} 100
x_bucket{route="/b",le="0.1"} 0
x_bucket{route="/b",le="0.2"} 0
x_bucket{route="/b",le="+Inf"} 0
odd{text="a \"quoted\\\" line\n"} 1e3
plain 4
`
	got := eval[[]any](b, fmt.Sprintf(`(async () => {
		const at = document.querySelector('script[type=module]').src;
		const { parse, samples, sum } = await import(new URL('metrics.js', at));
		const { buckets, quantile } = await import(new URL('histogram.js', at));
		const m = parse(%q), list = buckets(m, 'x', { route: '/a' });
		return [quantile(0.5, list), quantile(0.7, list), quantile(0.99, list), String(quantile(0.5, buckets(m, 'x', { route: '/b' }))),
			String(quantile(0.5, buckets(m, 'none'))), sum(m, 'plain'), samples(m, 'odd')[0].labels.text, samples(m, 'odd')[0].value];
	})()`, metrics))
	want := []any{0.1, 0.15, 0.2, "NaN", "NaN", 4.0, "a \"quoted\\\" line\n", 1000.0}
	for i := range want {
		g, isNumber := got[i].(float64)
		if w, _ := want[i].(float64); isNumber && (g-w > 1e-9 || w-g > 1e-9) || !isNumber && got[i] != want[i] {
			t.Errorf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}
