package classify

// Overload is an error that is ErrOverloaded, and tells what there was too little
// of.
type Overload struct {
	Cause string // as metrics name it
	text  string
}

// NewOverload returns an overload of another kind than those of a Classifier.
func NewOverload(cause, text string) *Overload { return &Overload{cause, text} }

func (o *Overload) Error() string        { return o.text }
func (o *Overload) Is(target error) bool { return target == ErrOverloaded }

var (
	errQueueFull     = NewOverload("queue_full", "all slots are busy and the queue is full")
	errQueueTooLong  = NewOverload("queue_too_long", "by the time that a slot is expected to be free, the request's may be over")
	errTurnTooLate   = NewOverload("turn_too_late", "the turn came when the request's time was nearly over")
	errWaitedTooLong = NewOverload("waited_too_long", "the request's time was over before a slot was free")
)

// OverloadCauses returns the causes of a Classifier's overloads.
func OverloadCauses() []string {
	return []string{errQueueFull.Cause, errQueueTooLong.Cause, errTurnTooLate.Cause, errWaitedTooLong.Cause}
}
