package main

import (
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// guidance is what the teachers say of the pictures. They answer once, when a
// picture is seen first, however many epochs show it: their answers would take
// a third of the time otherwise.
type guidance struct {
	teachers []*cnn.Model
	outputs  int
	logits   []float32 // of every picture, as it was seen last
	looks    []int     // which look that was, counted from 1; 0 means it was not seen yet
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
	return &guidance{teachers, outputs, make([]float32, pictures*outputs), make([]int, pictures)}
}

// pupil is what one goroutine needs to ask the teachers.
type pupil struct {
	workspaces []*cnn.Workspace // of the teachers
	asked      []int            // places in the batch
	x          []float32        // what is there
}

func (g *guidance) newPupil() *pupil {
	if g == nil {
		return nil
	}
	p := &pupil{x: make([]float32, 0, teacherBatch*mnist.Pixels)}
	for _, t := range g.teachers {
		p.workspaces = append(p.workspaces, t.NewWorkspace(teacherBatch))
	}
	return p
}

// teach sets the teachers' logits of a job's pictures. The teachers take
// turns: so all of them together cost what one does, and from look to look a
// picture has another. It has read as well as their mean, which costs as many
// times as there are. Several goroutines may be taught at once while their
// pictures are not the same.
func (g *guidance) teach(p *pupil, j job, look int) {
	for turn := range g.teachers {
		for place, index := range j.indices {
			if g.looks[index] != look+1 && (index+look)%len(g.teachers) == turn {
				p.asked = append(p.asked, place)
			}
			if len(p.asked) == teacherBatch {
				g.answer(p, j, turn, look)
			}
		}
		g.answer(p, j, turn, look)
	}
	for place, index := range j.indices {
		copy(j.teacher[place*g.outputs:][:g.outputs], g.logits[index*g.outputs:])
	}
}

// answer lets a teacher read the pictures that it was asked for.
func (g *guidance) answer(p *pupil, j job, turn, look int) {
	if len(p.asked) == 0 {
		return
	}
	p.x = p.x[:0]
	for _, place := range p.asked {
		p.x = append(p.x, j.x[place*mnist.Pixels:][:mnist.Pixels]...)
	}
	said := g.teachers[turn].Logits(p.workspaces[turn], p.x)
	for i, place := range p.asked {
		index := j.indices[place]
		copy(g.logits[index*g.outputs:][:g.outputs], said[i*g.outputs:])
		g.looks[index] = look + 1
	}
	p.asked = p.asked[:0]
}
