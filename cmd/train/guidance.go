package main

import (
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// guidance is the teachers' logits of an epoch's pictures. The teachers answer
// when a picture is shown first, however many epochs show it.
type guidance struct {
	teachers []*cnn.Model
	outputs  int
	logits   []float32 // of every picture, as it was shown last
	looks    []int     // the look that this was in, or -1
}

// teacherBatch is how many images go through a teacher at once: few, so that
// they stay in the cache.
const teacherBatch = 16

// newGuidance returns the guidance for so many pictures, or nil without teachers.
func newGuidance(teachers []*cnn.Model, pictures int) *guidance {
	if len(teachers) == 0 {
		return nil
	}
	outputs := teachers[0].OutputShape().Size()
	g := &guidance{teachers, outputs, make([]float32, pictures*outputs), make([]int, pictures)}
	for i := range g.looks {
		g.looks[i] = -1
	}
	return g
}

// teacherScratch is what one goroutine needs to ask the teachers.
type teacherScratch struct {
	workspaces []*cnn.Workspace // of the teachers
	places     []int            // in the batch, of the pictures to ask about
	x          []float32        // those pictures
}

func (g *guidance) newScratch() *teacherScratch {
	if g == nil {
		return nil
	}
	s := &teacherScratch{x: make([]float32, 0, teacherBatch*mnist.Pixels)}
	for _, t := range g.teachers {
		s.workspaces = append(s.workspaces, t.NewWorkspace(teacherBatch))
	}
	return s
}

// guide sets the teachers' logits of a job's pictures. The teachers take turns,
// by the image's number and from look to look, so that all of them together
// cost what one does. Several goroutines may ask at once about different
// pictures.
func (g *guidance) guide(s *teacherScratch, j job, look int) {
	for turn := range g.teachers {
		for place, index := range j.indices {
			if g.looks[index] != look && (index+look)%len(g.teachers) == turn {
				s.places = append(s.places, place)
			}
			if len(s.places) == teacherBatch {
				g.ask(s, j, turn, look)
			}
		}
		if len(s.places) > 0 {
			g.ask(s, j, turn, look)
		}
	}
	for place, index := range j.indices {
		copy(j.teacher[place*g.outputs:][:g.outputs], g.logits[index*g.outputs:])
	}
}

// ask keeps what a teacher says of the pictures in the scratch's places.
func (g *guidance) ask(s *teacherScratch, j job, turn, look int) {
	s.x = s.x[:0]
	for _, place := range s.places {
		s.x = append(s.x, j.x[place*mnist.Pixels:][:mnist.Pixels]...)
	}
	logits := g.teachers[turn].Logits(s.workspaces[turn], s.x)
	for i, place := range s.places {
		index := j.indices[place]
		copy(g.logits[index*g.outputs:][:g.outputs], logits[i*g.outputs:])
		g.looks[index] = look
	}
	s.places = s.places[:0]
}
