package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"digits/internal/web"
)

const examples = "../../../api/examples/"

// fileOf writes a file with a content and returns its path.
func fileOf(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func absolute(t *testing.T, names ...string) []string {
	t.Helper()
	for i, name := range names {
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		names[i] = path
	}
	return names
}

// choose gives the page files as the file dialog does.
func (b *tab) choose(paths ...string) {
	b.Helper()
	b.do(chromedp.SetUploadFiles("#files", absolute(b.T, paths...), chromedp.NodeReady))
}

// drop drags files over the page and drops them.
func (b *tab) drop(paths ...string) {
	b.Helper()
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: absolute(b.T, paths...), DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		command(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 300, Y: 300, Data: data})
	}
}

// A photo can be chosen, dropped, pasted and taken.
func TestPictures(t *testing.T) {
	s := serve(t)
	for name, give := range map[string]func(b *tab){
		"chosen":  func(b *tab) { b.choose(examples + "three.jpg") },
		"dropped": func(b *tab) { b.drop(examples + "three.jpg") },
		"pasted": func(b *tab) {
			b.choose(examples + "cross.png") // is replaced
			b.answered("rejected")
			eval[bool](b, `(async () => {
				const picture = await new Promise((resolve) => {
					const canvas = new OffscreenCanvas(100, 100), context = canvas.getContext('2d');
					context.fillStyle = '#fff'; context.fillRect(0, 0, 100, 100); context.lineWidth = 9;
					context.beginPath(); context.moveTo(20, 20); context.lineTo(75, 20); context.lineTo(45, 85); context.stroke();
					canvas.convertToBlob().then(resolve);
				});
				const clipboardData = new DataTransfer();
				clipboardData.items.add(new File([picture], 'clipboard.png', { type: 'image/png' }));
				return document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
			})()`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, s.url())
			give(b)
			b.answered("accepted")
			if digit := b.text("#digit"); digit != "3" && digit != "7" {
				t.Errorf("read as %q", digit)
			}
			b.until("the picture", "document.getElementById('photo-picture').naturalWidth > 0 && !document.getElementById('photo').hidden")
			b.do(click("#clear"))
			b.answered("empty")
			if !eval[bool](b, "document.getElementById('photo').hidden") {
				t.Error("the picture is still there")
			}
		})
	}
}

// The camera's picture is read like a file; Chromium's own test picture shows
// no digit that a test could know.
func TestCamera(t *testing.T) {
	b := open(t, serve(t).url())
	b.until("the camera's button", "getComputedStyle(document.getElementById('camera')).visibility === 'visible'")
	b.expect("/predict") // the test picture may be anything
	b.do(click("#camera"))
	b.until("the camera's picture", "document.getElementById('video').videoWidth > 0")
	b.do(click("#take"))
	b.until("an answer", "/accepted|rejected|problem/.test(document.getElementById('answer').dataset.state)")
	if name := b.text("#photo-name"); name != "camera.png" {
		t.Errorf("the picture is called %q", name)
	}
	if eval[bool](b, "document.getElementById('camera-dialog').open || document.getElementById('video').srcObject !== null") {
		t.Error("the camera is still on")
	}
}

// What cannot be read is said in words, with what to do.
func TestProblems(t *testing.T) {
	s := serve(t)
	large := fileOf(t, "large.png", nil)
	if err := os.Truncate(large, 50<<20); err != nil {
		t.Fatal(err)
	}
	text := fileOf(t, "notes.txt", []byte("no picture\n"))
	for name, test := range map[string]struct{ path, complaint, headline, remark string }{
		"text file":  {text, "415", "This is not a picture that can be read", "Choose a PNG"},
		"empty file": {fileOf(t, "empty.png", nil), "", "The file is empty", "another"},
		"50 MB":      {large, "", "The picture is too large", "at most 8 MB"},
		"cut off":    {fileOf(t, "cut.png", []byte("\x89PNG\r\n\x1a\n")), "400", "The picture is damaged", "save it anew"},
	} {
		for way, give := range map[string]func(*tab, ...string){"chosen": (*tab).choose, "dropped": (*tab).drop} {
			t.Run(name+" "+way, func(t *testing.T) {
				b := open(t, s.url())
				if test.complaint != "" {
					b.expect(test.complaint)
				}
				give(b, test.path)
				b.answered("problem")
				if headline, remark := b.text("#headline"), b.text("#remark"); headline != test.headline || !strings.Contains(remark, test.remark) {
					t.Errorf("%q %q", headline, remark)
				}
				b.until("what a screen reader says", fmt.Sprintf("document.getElementById('said').textContent.startsWith(%q)", test.headline))
			})
		}
	}
}

// A file that only the server finds too large is not sent again and again.
func TestTooLargeForTheServer(t *testing.T) {
	b := open(t, serveTelling(t, func(pages *web.Options) { pages.MaxBodyBytes = 0 }).url())
	b.expect("413")
	b.expect("ERR_CONNECTION")
	large := fileOf(t, "large.png", nil)
	if err := os.Truncate(large, 50<<20); err != nil {
		t.Fatal(err)
	}
	b.choose(large)
	b.answered("problem")
	if headline := b.text("#headline"); headline != "The picture is too large for the server" {
		t.Errorf("headline %q", headline)
	}
}

// Many files make a table: the doubtful ones first, one failure beside them,
// and a file for other programs.
func TestManyFiles(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	b.expect("415")
	seven, err := os.ReadFile(examples + "seven.png")
	if err != nil {
		t.Fatal(err)
	}
	b.drop(examples+"seven.png", examples+"three.jpg", fileOf(t, "=notes.txt", []byte("text")), examples+"cross.png", fileOf(t, "again.png", seven))
	b.until("the end", "document.getElementById('summary').textContent.startsWith('5 pictures: ')")
	if summary := b.text("#summary"); !strings.HasPrefix(summary, "5 pictures: ") || !strings.Contains(summary, "1 not read") {
		t.Errorf("summary %q", summary)
	}
	rows := eval[[]string](b, "[...document.querySelectorAll('#rows tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|'))")
	if len(rows) != 5 || !strings.HasPrefix(rows[0], "|cross.png|") || !strings.Contains(rows[0], "does not look like a digit") {
		t.Errorf("rows %q", rows)
	}
	all := strings.Join(rows, "\n")
	for _, want := range []string{"|seven.png|7|", "|again.png|7|", "|three.jpg|3|", "|=notes.txt|–||This is not a picture"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	b.do(click("#rows tr:last-child button"))
	b.answered("accepted")
	if table := download(b, "#export"); !strings.HasPrefix(table, `"file","digit","confidence",`) || strings.Count(table, "\r\n") != 6 ||
		!strings.Contains(table, `"'=notes.txt","","","","","","","unsupported-media-type"`) || !strings.Contains(table, `"seven.png","7","0.99`) {
		t.Errorf("the table is %s", table)
	}
	b.do(click("#many-close"))
	if !eval[bool](b, "document.getElementById('many').hidden") {
		t.Error("the table is still there")
	}
}

// download clicks and returns the file that comes.
func download(b *tab, selector string) string {
	b.Helper()
	dir := b.TempDir()
	command(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
	b.do(click(selector))
	var content []byte
	b.waitFor("the download", func() bool {
		files, _ := filepath.Glob(dir + "/*.csv")
		if len(files) > 0 {
			content, _ = os.ReadFile(files[0])
		}
		return len(content) > 0
	})
	return string(content)
}

// Stop ends the work; what has been read stays.
func TestManyFilesStop(t *testing.T) {
	s := serve(t)
	b := open(t, s.url())
	var answered atomic.Int32
	released := make(chan struct{})
	s.intercept("/predict", func(_ http.ResponseWriter, r *http.Request) bool {
		if answered.Add(1) > 4 {
			_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the page gives up
			select {
			case <-released:
			case <-r.Context().Done():
				return true
			}
		}
		return false
	})
	defer close(released)
	b.choose(examples+"seven.png", examples+"seven.png", examples+"seven.png", examples+"seven.png",
		examples+"three.jpg", examples+"three.jpg", examples+"three.jpg", examples+"three.jpg", examples+"three.jpg")
	b.until("four", "document.getElementById('summary').textContent === '4 of 9 read'")
	b.do(click("#stop"))
	b.until("the end", "document.getElementById('summary').textContent === 'Stopped after 4 of 9.'")
	if rows := eval[int](b, "document.querySelectorAll('#rows button').length"); rows != 4 {
		t.Errorf("%d answers", rows)
	}
}
