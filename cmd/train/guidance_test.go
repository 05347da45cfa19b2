package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// guided is a recipe with two looks of two epochs, and its two teachers.
func guided(t *testing.T) (recipe, []*cnn.Model) {
	t.Helper()
	r := courseOptions(t).recipe
	r.Epochs, r.Echo, r.Weaken = 4, 2, 0
	var teachers []*cnn.Model
	for seed := range uint64(2) {
		teacher, err := cnn.New(r.spec(), rand.New(rand.NewPCG(seed, 1)))
		if err != nil {
			t.Fatal(err)
		}
		teachers = append(teachers, teacher)
	}
	return r, teachers
}

// lesson is a picture and what its teacher said of it.
type lesson struct {
	x      [mnist.Pixels]float32
	label  uint8
	logits [11]float32
}

// lessons returns what an epoch teaches, in the epoch's order.
func lessons(t *testing.T, b *batcher, epoch int) []lesson {
	t.Helper()
	var all []lesson
	for next := range b.epoch(t.Context(), epoch, 0) {
		for i, label := range next.labels {
			all = append(all, lesson{[mnist.Pixels]float32(next.x[i*mnist.Pixels:]), label, [11]float32(next.teacher[i*11:])})
		}
		b.release(next)
	}
	return all
}

// Of the pictures of a look every second has the one teacher, the others the
// other; in the next look it is the other way round.
func TestTeachersTakeTurns(t *testing.T) {
	r, teachers := guided(t)
	b := newBatcher(squares(300, 1), r, teachers)
	for epoch := range r.Epochs {
		order := rand.New(rand.NewPCG(r.Seed, uint64(epoch))).Perm(b.images())
		for i, l := range lessons(t, b, epoch) {
			of := teachers[(order[i]+epoch/2)%2]
			want := of.Logits(of.NewWorkspace(1), l.x[:])
			for k, v := range l.logits {
				if math.Abs(float64(v-want[k])) > 1e-4 {
					t.Fatalf("epoch %d, picture %d: logit %d is %v, want %v", epoch, order[i], k, v, want[k])
				}
			}
		}
	}
}

// The epochs of a look teach the same, in another order; the next look does not.
func TestEpochsOfALookTeachTheSame(t *testing.T) {
	r, teachers := guided(t)
	b := newBatcher(squares(300, 1), r, teachers)
	first, again, next := lessons(t, b, 0), lessons(t, b, 1), lessons(t, b, 2)
	if slices.Equal(first, again) {
		t.Error("the second epoch has the order of the first")
	}
	if count(first, again) != len(first) {
		t.Error("the second epoch does not teach what the first did")
	}
	for _, list := range [][]lesson{first, next} { // another teacher is no other picture
		for i := range list {
			list[i].logits = [11]float32{}
		}
	}
	if same := count(first, next); same > len(next)/4 { // a sixth is not moved, and blank pictures are all the same
		t.Errorf("%d of the %d pictures of the second look were the first's", same, len(next))
	}
}

// count returns how many lessons of one list are in another.
func count(one, other []lesson) int {
	left := make(map[lesson]int)
	for _, l := range other {
		left[l]++
	}
	n := 0
	for _, l := range one {
		if left[l] > 0 {
			left[l]--
			n++
		}
	}
	return n
}

// In the second epoch of a look nobody asks the teachers.
func TestTeachersAnswerOnceInALook(t *testing.T) {
	r, teachers := guided(t)
	b := newBatcher(squares(300, 1), r, teachers)
	lessons(t, b, 0)
	for i := range b.guidance.logits {
		b.guidance.logits[i] = 42
	}
	for _, l := range lessons(t, b, 1) {
		if slices.Min(l.logits[:]) != 42 || slices.Max(l.logits[:]) != 42 {
			t.Fatalf("the second epoch has the logits %v; the kept ones are 42", l.logits)
		}
	}
}
