package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"digits/internal/classify"
	"digits/pkg/imageprep"
)

// predict reads the digits in the request's images.
func (a *API) predict(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	explain, err := explainParameter(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	memory := &share{of: &a.bodies}
	defer memory.release() // images wait for a slot in it
	up, err := a.readUpload(w, r, memory)
	a.observeStage(x, stageRead, time.Since(x.began))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	x.images = len(up.images)
	ctx, cancel := context.WithTimeout(r.Context(), a.options.RequestTimeout)
	defer cancel()
	model := a.serving()
	if !up.several {
		p, err := a.read(ctx, x, model, up.images[0], x.id, explain)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.answer(w, r, oneReply{ID: x.id, prediction: p, Model: model.reply()})
		return
	}
	entries, err := a.readAll(ctx, x, model, up.images, explain)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, r, severalReply{ID: x.id, Predictions: entries, Model: model.reply()})
}

// readAll reads the images one after the other. What is wrong with an image
// stands in its place; what is wrong with the service is an error.
func (a *API) readAll(ctx context.Context, x *exchange, model *serving, images []sentImage, explain bool) ([]any, error) {
	entries := make([]any, len(images))
	for i, img := range images {
		id := x.id + "-" + strconv.Itoa(i)
		p, err := a.read(ctx, x, model, img, id, explain)
		switch problem := problemOf(err); {
		case err == nil:
			entries[i] = entryReply{id, p}
		case problem.status >= statusClientClosed:
			return nil, err
		default:
			a.metrics.rejected.WithLabelValues(problem.reason()).Inc()
			a.countPanic(x, err)
			entries[i] = problemEntry{problem.reply(a.limits, err)}
		}
	}
	return entries, nil
}

// read reads the digit in one image. id is the prediction's.
func (a *API) read(ctx context.Context, x *exchange, model *serving, img sentImage, id string, explain bool) (prediction, error) {
	if img.err != nil {
		return prediction{}, img.err
	}
	classifier := model.Classify
	if explain {
		classifier = model.Explain
	}
	result, err := a.classifyWithin(ctx, x, classifier, img.data)
	if err != nil && explain {
		err = explainError(err, result.Pictures)
	}
	if err != nil {
		return prediction{}, err
	}
	a.recordDurations(x, &result.Durations)
	a.recordReading(x, model, id, &result, result.Tensor[:])
	p := newPrediction(&result)
	if explain {
		err = p.Image.explain(&result)
	}
	return p, err
}

// classifyWithin reads an image unless those before it in the request have as many
// pixels together as one image may have.
func (a *API) classifyWithin(ctx context.Context, x *exchange, classifier func(context.Context, []byte) (classify.Result, error), data []byte) (classify.Result, error) {
	if x.pixels >= a.options.MaxPixels {
		return classify.Result{}, fmt.Errorf("%w: the images before it have %d", imageprep.ErrTooManyPixels, x.pixels)
	}
	result, err := classifier(ctx, data)
	x.pixels += result.Image.Width * result.Image.Height
	return result, err
}

// answer sends a reply.
func (a *API) answer(w http.ResponseWriter, r *http.Request, reply any) {
	began := time.Now()
	body, err := encode(reply)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	write(w, http.StatusOK, jsonType, body)
	a.observeStage(exchangeOf(r), stageEncode, time.Since(began))
	a.countUnread(r.Context())
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have left
}

// explainParameter reports whether the query asks for the picture.
func explainParameter(r *http.Request) (bool, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errInvalidParameter, err)
	}
	switch query.Get("explain") {
	case "1", "true":
		return true, nil
	case "", "0", "false":
		return false, nil
	}
	return false, errInvalidParameter
}

func newPrediction(r *classify.Result) prediction {
	return prediction{
		Digit:         r.Digit,
		Confidence:    r.Confidence,
		Probabilities: r.Probabilities,
		Accepted:      r.Accepted,
		Reason:        r.Reason,
		Candidates:    r.Candidates,
		Image: imageReply{
			Format: r.Image.Format,
			Width:  r.Image.Width,
			Height: r.Image.Height,
			Steps:  notNil(r.Image.Steps),
			Flags:  notNil(r.Image.Flags),
		},
	}
}

// notNil makes an absent list an empty one in JSON.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
