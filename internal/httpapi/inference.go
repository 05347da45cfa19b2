package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"digits/internal/classify"
	"digits/internal/inferenceprotocol"
	"digits/pkg/imageprep"
)

// maxTensors bounds the tensors of a request. They cost what the network takes
// for them and nothing else, so they may be more than images.
const maxTensors = 256

// headerLengthHeader says where the JSON ends and binary data begin.
const headerLengthHeader = "Inference-Header-Content-Length"

// inferenceCall is what one of the protocols makes of a body: what is to be
// read, and how the answers are sent.
type inferenceCall struct {
	batch *inferenceprotocol.Batch
	reply func(*inferenceprotocol.Answers) inferenceprotocol.Reply
}

// infer answers the Open Inference Protocol.
func (a *API) infer(w http.ResponseWriter, r *http.Request, model *serving) {
	a.serveInference(w, r, model, func(body []byte) (inferenceCall, error) {
		length, err := headerLength(r)
		if err != nil {
			return inferenceCall{}, err
		}
		request, err := inferenceprotocol.ReadRequest(body, length, a.inferenceLimits())
		if err != nil {
			return inferenceCall{}, err
		}
		return inferenceCall{&request.Batch, func(answers *inferenceprotocol.Answers) inferenceprotocol.Reply {
			return request.Reply(modelName, model.Version, answers)
		}}, nil
	})
}

// tensorflowPredict answers TensorFlow Serving's predict call.
func (a *API) tensorflowPredict(w http.ResponseWriter, r *http.Request, model *serving) {
	a.serveInference(w, r, model, func(body []byte) (inferenceCall, error) {
		request, err := inferenceprotocol.ReadPredict(body, a.inferenceLimits())
		if err != nil {
			return inferenceCall{}, err
		}
		return inferenceCall{&request.Batch, request.Reply}, nil
	})
}

func (a *API) inferenceLimits() inferenceprotocol.Limits {
	return inferenceprotocol.Limits{Tensors: maxTensors, Images: a.options.MaxImages}
}

// headerLength returns how much of the body is JSON.
func headerLength(r *http.Request) (int, error) {
	text := r.Header.Get(headerLengthHeader)
	if text == "" {
		return inferenceprotocol.NoHeader, nil
	}
	length, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, inferenceprotocol.ErrBinarySize
	}
	return int(length), nil
}

// serveInference reads a body, classifies what is in it and sends the answers.
func (a *API) serveInference(w http.ResponseWriter, r *http.Request, model *serving, parse func(body []byte) (inferenceCall, error)) {
	x := exchangeOf(r)
	memory := &share{of: &a.bodies}
	defer memory.release() // images wait for a slot in it
	var call inferenceCall
	body, err := a.readBody(w, r, memory)
	if err == nil {
		call, err = parse(body)
	}
	a.observeStage(x, stageRead, time.Since(x.began))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	x.images = call.batch.Len()
	ctx, cancel := context.WithTimeout(r.Context(), a.options.RequestTimeout)
	defer cancel()
	answers, err := a.readBatch(ctx, x, model, call.batch)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	began := time.Now()
	contentType, reply := jsonType, call.reply(answers)
	if reply.HeaderLength != inferenceprotocol.NoHeader {
		contentType = "application/octet-stream"
		w.Header().Set(headerLengthHeader, strconv.Itoa(reply.HeaderLength))
	}
	write(w, http.StatusOK, contentType, reply.Body)
	a.observeStage(x, stageEncode, time.Since(began))
	a.countUnread(r.Context())
}

// readBatch reads the digits in tensors or images. These protocols have no
// place for what is wrong with one of several: it fails them all.
func (a *API) readBatch(ctx context.Context, x *exchange, model *serving, batch *inferenceprotocol.Batch) (*inferenceprotocol.Answers, error) {
	answers := inferenceprotocol.NewAnswers(batch.Len())
	take := func(i int, r *classify.Result, tensor []float32) {
		id := x.id // of one alone, as with /predict
		if batch.Len() > 1 {
			id += "-" + strconv.Itoa(i)
		}
		a.recordReading(x, model, id, r, tensor)
		answers.Append(&r.Probabilities, r.Digit, r.Confidence, r.Accepted)
	}
	if len(batch.Tensors) > 0 {
		durations, err := model.ClassifyTensors(ctx, batch.Tensors, func(i int, r *classify.Result) {
			take(i, r, batch.Tensors[i*imageprep.Pixels:][:imageprep.Pixels])
		})
		if err != nil {
			return nil, err
		}
		a.observeStage(x, stageQueue, durations.Queue)
		a.observeStage(x, stageInfer, durations.Infer)
	}
	for i, data := range batch.Images {
		result, err := a.classifyWithin(ctx, x, model.Classify, data)
		if err != nil {
			return nil, err
		}
		a.recordDurations(x, &result.Durations)
		take(i, &result, result.Tensor[:])
	}
	return &answers, nil
}
