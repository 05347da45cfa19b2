package report

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"

	imagedraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sheet is a contact sheet: pictures beside what the network saw and what it
// said, in rows.
type Sheet struct{ rows []sheetRow }

type sheetRow struct {
	title  string
	number int // in its group, from 0
	shots  []Shot
}

// Shot is a picture on a contact sheet.
type Shot struct {
	Picture
	Source func() image.Image // called when the picture is drawn; returns nil when there is none
	Tensor []byte             // 28×28, 255 is ink; nil when there was nothing for the network
}

const (
	sheetColumns = 10   // pictures of a row
	mostWrong    = 100  // wrong pictures of a group: more would say the same
	mostAll      = 1000 // pictures without groups
	mostRows     = 190  // of a sheet: viewers open no picture of more than 32,767 pixels
)

// Add adds a group of pictures: a row of them, the wrong ones first, and further
// rows when there are more wrong ones.
func (s *Sheet) Add(title string, shots []Shot) {
	shown := slices.Clone(shots)
	slices.SortStableFunc(shown, func(a, b Shot) int { return a.rank() - b.rank() })
	wrong := 0
	for wrong < len(shown) && shown[wrong].wrong() {
		wrong++
	}
	if wrong > 0 {
		title = fmt.Sprintf("%s: %d of %d wrong", title, wrong, len(shots))
	}
	shown = shown[:min(len(shown), max(sheetColumns, min(wrong, mostWrong)))]
	for first := 0; first < len(shown); first += sheetColumns {
		row := shown[first:min(first+sheetColumns, len(shown))]
		s.rows = append(s.rows, sheetRow{title, first / sheetColumns, slices.Clone(row)}) // without those that are not shown
	}
}

// AddAll adds pictures in their order, the first 1,000 at most, in rows that tell
// their files.
func (s *Sheet) AddAll(shots []Shot) {
	for first := 0; first < min(len(shots), mostAll); first += sheetColumns {
		end := min(first+sheetColumns, len(shots))
		title := fmt.Sprintf("%d to %d of %d: %s to %s", first+1, end, len(shots), filepath.Base(shots[first].File), filepath.Base(shots[end-1].File))
		s.rows = append(s.rows, sheetRow{title, 0, shots[first:end]})
	}
}

// fitting returns the rows that a sheet has room for. The last rows of the
// groups that have several are left out first, and then the last groups.
func (s *Sheet) fitting() []sheetRow {
	rows := slices.Clone(s.rows)
	for most := mostWrong/sheetColumns - 1; most > 0 && len(rows) > mostRows; most-- {
		rows = slices.DeleteFunc(rows, func(r sheetRow) bool { return r.number >= most })
	}
	return rows[:min(len(rows), mostRows)]
}

// rank is 0 for pictures that come first on a sheet.
func (s Shot) rank() int {
	if s.wrong() {
		return 0
	}
	return 1
}

// thumbnail returns a small picture, over a chequered ground where it is
// transparent.
func thumbnail(source image.Image) image.Image {
	size := source.Bounds().Size()
	scale := float64(thumbnailSide) / float64(max(size.X, size.Y))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale+0.5)), max(1, int(float64(size.Y)*scale+0.5))))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.SetRGBA(x, y, [2]color.RGBA{pale, {0xaa, 0xaa, 0xaa, 0xff}}[(x/6+y/6)%2])
		}
	}
	scaler := imagedraw.Interpolator(imagedraw.BiLinear)
	if scale > 1 {
		scaler = imagedraw.NearestNeighbor // shows the pixels of a tiny picture
	}
	scaler.Scale(small, small.Rect, source, source.Bounds(), imagedraw.Over, nil)
	return small
}

// thumbnailSide is the pixels of a thumbnail's longer side.
const thumbnailSide = 96

// The sheet's measures, in points of 8/3 pixels.
const (
	shotWidth  = 76
	shotHeight = 52
	rowHeight  = shotHeight + 12
	noteHeight = 12
	sourceSide = thumbnailSide * 3 / 8
	tensorSide = 31.5 // three pixels for each
)

// PNG returns the sheet as an image file, which says how many rows are left out
// when they are too many.
func (s *Sheet) PNG() ([]byte, error) { return s.drawing().png() }

func (s *Sheet) drawing() drawing {
	rows := s.fitting()
	left, height := len(s.rows)-len(rows), len(rows)*rowHeight+8
	if left > 0 {
		height += noteHeight
	}
	return drawing{sheetColumns*shotWidth + 8, vg.Length(height), func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		y, title := c.Max.Y-4, style(8)
		title.XAlign = draw.XLeft
		for _, row := range rows {
			c.FillText(title, vg.Point{X: c.Min.X + 5, Y: y - 6}, row.title)
			for k, shot := range row.shots {
				shot.draw(&c, c.Min.X+4+vg.Length(k*shotWidth), y-12)
			}
			y -= rowHeight
		}
		if left > 0 {
			c.FillText(title, vg.Point{X: c.Min.X + 5, Y: y - 6}, fmt.Sprintf("%d more rows have no room here", left))
		}
	}}
}

// draw puts the picture under and to the right of a point.
func (s Shot) draw(c *draw.Canvas, x, y vg.Length) {
	note := style(6)
	if s.wrong() {
		rectangle(c, color.RGBA{0xfb, 0xd9, 0xc4, 0xff}, x, y, x+shotWidth-2, y-shotHeight+2)
		note.Color = orange
	}
	if source := s.Source(); source != nil {
		small := thumbnail(source)
		size := small.Bounds().Size()
		scale := float64(sourceSide) / float64(max(size.X, size.Y))
		wide, high := vg.Length(float64(size.X)*scale), vg.Length(float64(size.Y)*scale)
		low := vg.Point{X: x + 2 + (sourceSide-wide)/2, Y: y - 2 - (sourceSide+high)/2}
		c.DrawImage(vg.Rectangle{Min: low, Max: vg.Point{X: low.X + wide, Y: low.Y + high}}, small)
	}
	if s.Tensor != nil {
		low := vg.Point{X: x + sourceSide + 5, Y: y - 2 - sourceSide + (sourceSide-tensorSide)/2}
		c.DrawImage(vg.Rectangle{Min: low, Max: vg.Point{X: low.X + tensorSide, Y: low.Y + tensorSide}}, enlarged(s.Tensor))
	}
	c.FillText(note, vg.Point{X: x + (shotWidth-2)/2, Y: y - sourceSide - 7}, s.caption())
}

// caption says what was answered.
func (s Shot) caption() string {
	is, read := s.Folder+": ", s.Folder+" read as "
	if s.Folder == "" {
		is, read = "", ""
	}
	switch {
	case s.Unreadable != "":
		return is + "unreadable"
	case s.Refused:
		return is + "no answer"
	}
	text := fmt.Sprintf("%s%d, %.0f%%", read, s.Digit, 100*s.Confidence)
	if s.Rejected {
		text += " (rej.)"
	}
	return text
}
