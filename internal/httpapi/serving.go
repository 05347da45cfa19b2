package httpapi

// serving is a classifier with what belongs to its weights. A request has one
// from beginning to end, so that its reply names what gave the answer.
type serving struct {
	Classifier
	Model
}

// serving returns what answers a request that begins now.
func (a *API) serving() *serving { return &serving{a.options.Classifier, a.options.Model} }
