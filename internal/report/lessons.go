package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lesson is a row of pictures such as training showed.
type Lesson struct {
	Title    string
	Pictures [][]byte // 28×28, 255 is ink
}

// The lessons' measures, in points.
const (
	LessonPictures = 12 // that a row has room for
	lessonTitle    = 46
	lessonSide     = 31.5 // three pixels of the PNG for each of the picture's
	lessonHeight   = 34
)

// drawLessons draws a row for each lesson.
func drawLessons(list []Lesson) drawing {
	return drawing{lessonTitle + LessonPictures*lessonHeight + 6, vg.Length(len(list)*lessonHeight + 6), func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		for row, lesson := range list {
			top := c.Max.Y - 4 - vg.Length(row*lessonHeight)
			title := style(9)
			title.XAlign = draw.XLeft
			c.FillText(title, vg.Point{X: c.Min.X + 5, Y: top - lessonSide/2}, lesson.Title)
			for i, pixels := range lesson.Pictures[:min(len(lesson.Pictures), LessonPictures)] {
				left := c.Min.X + lessonTitle + vg.Length(i*lessonHeight)
				c.DrawImage(vg.Rectangle{Min: vg.Point{X: left, Y: top - lessonSide}, Max: vg.Point{X: left + lessonSide, Y: top}}, enlarged(pixels))
			}
		}
	}}
}
