package httpapi

import (
	"context"
	"errors"
	"net/http"

	"digits/internal/classify"
	"digits/internal/inferenceprotocol"
	"digits/pkg/imageprep"
)

// What can be wrong with a request before it comes to the image, or with the
// service.
var (
	errEmptyBody        = errors.New("the body is empty")
	errTruncatedBody    = errors.New("the body did not arrive whole")
	errMalformedJSON    = errors.New("the body is not the JSON that is needed")
	errWrongType        = errors.New("the JSON has a value of the wrong type")
	errUnexpectedField  = errors.New("the JSON object has a field too many")
	errTrailingData     = errors.New("data follow the JSON object")
	errMalformedBase64  = inferenceprotocol.ErrBase64
	errMalformedForm    = errors.New("the multipart form is broken")
	errNoImage          = errors.New("there is no image in the request")
	errInvalidParameter = errors.New("a query parameter is invalid")
	errNotFound         = errors.New("no such path")
	errModelNotFound    = errors.New("no such model, version or call")
	errMethodNotAllowed = errors.New("no such method for the path")
	errSlowBody         = errors.New("the body did not arrive in time")
	errBodyTooLarge     = errors.New("the body is too large")
	errContentEncoding  = errors.New("the body is compressed")
	errTooManyImages    = errors.New("there are too many images in the request")
	errTooManyParts     = errors.New("there are too many parts in the form")
	errNotReady         = errors.New("the instance is not ready")
	errDraining         = errors.New("the instance is stopping")
	errPanic            = errors.New("a handler panicked")
	errInvalidFeedback  = errors.New("the feedback is not the JSON that is needed")
	errFeedbackGiven    = errors.New("there is feedback on this prediction already")
	errRateLimited      = errors.New("the client sends too many requests")
	errReload           = errors.New("the model was not reloaded")

	errUnknownPrediction = errors.New("there is no such prediction in the window")
)

// statusClientClosed is nginx's status for a client that left before the
// answer. Only logs and metrics see it.
const statusClientClosed = 499

// problem is a kind of error as clients see it. All its texts are fixed,
// but for the limits, so that no reply can tell about the input or the program.
type problem struct {
	err    error // the errors that wrap it are this problem
	slug   string
	status int
	title  string
	detail string // {bytes}, {pixels}, {progressive}, {images} and {tensors} stand for the limits
}

// internal is the problem of every error that the table does not have.
var internal = problem{slug: "internal", status: http.StatusInternalServerError, title: "The service failed",
	detail: "This is not your fault. Report the id; the log has the cause."}

// problems is the only place that knows which error is which status.
var problems = []problem{
	{errReload, "reload-failed", http.StatusInternalServerError, "The model was not reloaded",
		"The model from before still answers. The cause tells what is wrong with the weights file."},
	{errInvalidFeedback, "invalid-feedback", http.StatusBadRequest, "The feedback cannot be read",
		`Send {"id": "<the id of a prediction>", "label": 7} and nothing else; a label is 0 to 9.`},
	{errUnknownPrediction, "unknown-prediction", http.StatusNotFound, "There is no prediction with this id",
		"Feedback is taken on the last predictions of an instance only. Several images of a request have an id each."},
	{errFeedbackGiven, "feedback-given", http.StatusConflict, "There is feedback on this prediction already",
		"It is taken once for each prediction."},
	{errEmptyBody, "empty-body", http.StatusBadRequest, "The request has no body",
		"Send the bytes of an image file as the body, for instance with curl --data-binary @digit.png."},
	{errTruncatedBody, "truncated-body", http.StatusBadRequest, "The body did not arrive whole",
		"The connection broke, or the announced length or the chunks are wrong. Send the request again."},
	{errMalformedJSON, "malformed-json", http.StatusBadRequest, "The JSON cannot be read",
		`Send {"image": "<base64>"} or {"images": ["<base64>", ...]}, the base64 without line breaks.`},
	{errWrongType, "wrong-type", http.StatusBadRequest, "The JSON has a value of the wrong type",
		`Send an object in which "image" is a base64 string, or "images" a list of base64 strings.`},
	{errUnexpectedField, "unexpected-field", http.StatusBadRequest, "The JSON object has a field too many",
		"It holds either image or images, one of the two, and nothing else."},
	{errTrailingData, "trailing-data", http.StatusBadRequest, "There are data after the JSON object",
		"Send one JSON object and nothing after it."},
	{errMalformedBase64, "malformed-base64", http.StatusBadRequest, "The base64 cannot be decoded",
		"Use the standard alphabet of RFC 4648 with padding, without line breaks and without a data: prefix."},
	{errMalformedForm, "malformed-multipart", http.StatusBadRequest, "The multipart form cannot be read",
		"Send multipart/form-data with its boundary in the Content-Type, for instance with curl -F image=@digit.png."},
	{errNoImage, "missing-image", http.StatusBadRequest, "There is no image in the request",
		"A form needs a part named image, a JSON object a field image or images."},
	{errTooManyImages, "too-many-images", http.StatusBadRequest, "There are too many images in the request",
		"A request may have at most {images} images. Send several requests."},
	{errTooManyParts, "too-many-parts", http.StatusBadRequest, "There are too many parts in the form",
		"It may have twice {images} at most, {images} of them images. Send only the parts named image."},
	{errInvalidParameter, "invalid-parameter", http.StatusBadRequest, "A query parameter is invalid",
		"The parameter explain can be 1 or true, 0 or false. Percent-encode what has a meaning of its own in a query."},
	{imageprep.ErrEmpty, "empty-image", http.StatusBadRequest, "The image is empty",
		"It has no bytes. Send the bytes of an image file."},
	{imageprep.ErrMalformed, "malformed-image", http.StatusBadRequest, "The image is damaged",
		"The data begin as an image but cannot be decoded; the file may be cut off. Send the whole file as it is."},
	{inferenceprotocol.ErrMalformed, "malformed-inference", http.StatusBadRequest, "The request is not what the protocol has",
		`Send {"inputs": [{"name": "input-0", "shape": [1, 28, 28], "datatype": "FP32", "data": [...]}]} to /infer, {"instances": [...]} or {"inputs": {"input-0": [...]}} to :predict, not both, and no field twice. Before binary data, the header Inference-Header-Content-Length tells the length of the JSON.`},
	{inferenceprotocol.ErrInput, "unknown-input", http.StatusBadRequest, "The input is not one of the model's",
		"Send one input: input-0, which is numbers, or image, which is files. GET /v2/models/digits describes them."},
	{inferenceprotocol.ErrDatatype, "wrong-datatype", http.StatusBadRequest, "The input has another datatype",
		"input-0 is FP32, FP64 or UINT8, image is BYTES."},
	{inferenceprotocol.ErrShape, "wrong-shape", http.StatusBadRequest, "The shape is not the input's, or the data are not of that shape",
		"input-0 has [28,28], [1,28,28], [n,28,28], [n,1,28,28] or [n,784], image [n], with as many data: nested as the shape or flat, row by row."},
	{inferenceprotocol.ErrRange, "value-out-of-range", http.StatusBadRequest, "A number is out of range",
		"FP32 and FP64 are from 0, paper, to 1, full ink: divide levels of 0 to 255 by 255, or send them as UINT8, whole numbers."},
	{inferenceprotocol.ErrBinarySize, "wrong-binary-size", http.StatusBadRequest, "The sizes of the binary data do not fit the body",
		"Inference-Header-Content-Length is the length of the JSON, binary_data_size that of the data after it, and nothing follows. Each element of BYTES has its length, 4 bytes little-endian, before it."},
	{inferenceprotocol.ErrOutput, "unknown-output", http.StatusBadRequest, "An output is not one of the model's",
		"Ask for probabilities, digit, confidence and accepted, each once, or for none to get all. Only probabilities have a classification, of at least 1."},
	{inferenceprotocol.ErrTooMany, "too-many-inputs", http.StatusBadRequest, "There are too many tensors or images in the request",
		"A request may have at most {tensors} tensors or {images} images. Send several requests."},
	{errModelNotFound, "model-not-found", http.StatusNotFound, "There is no such model, version or call",
		"The model is digits; GET /v2/models/digits tells its version, GET /v1/models/digits its number under /v1. /openapi.yaml lists all calls."},
	{errNotFound, "not-found", http.StatusNotFound, "There is nothing at this path",
		"POST an image to /predict. /openapi.yaml lists all paths."},
	{errMethodNotAllowed, "method-not-allowed", http.StatusMethodNotAllowed, "The path does not know this method",
		"The Allow header lists the methods it knows. POST an image to /predict. If it was curl -T, which sends PUT, add -X POST."},
	{errSlowBody, "slow-body", http.StatusRequestTimeout, "The body did not arrive in time",
		"Send the request again over a faster connection, or a smaller image."},
	{errBodyTooLarge, "body-too-large", http.StatusRequestEntityTooLarge, "The body is too large",
		"It may have at most {bytes} bytes. Send a smaller image or fewer of them."},
	{errContentEncoding, "unsupported-encoding", http.StatusUnsupportedMediaType, "The body is compressed",
		"Send it without a Content-Encoding. Image files are compressed already."},
	{imageprep.ErrUnsupportedFormat, "unsupported-media-type", http.StatusUnsupportedMediaType, "This is not an image that can be read",
		"Send a PNG, JPEG, GIF, BMP, TIFF or WebP file. With curl, --data-binary sends it as it is and -d does not."},
	{imageprep.ErrTooManyPixels, "too-many-pixels", http.StatusUnprocessableEntity, "The image has too many pixels",
		"At most {pixels} pixels are read, width times height, of a progressive JPEG {progressive}, of a lossless WebP {lossless}, and no more may be stored in the file; of several images, none after those before it have as many together. Scale it down or save it anew as PNG; the network sees 28x28."},
	{imageprep.ErrTooManyPieces, "too-many-pieces", http.StatusUnprocessableEntity, "The image file has too many pieces",
		"It has its pixels in more scans, chunks or strips than images need, and would take long to decode. Save it anew as PNG."},
	{imageprep.ErrTooSmall, "image-too-small", http.StatusUnprocessableEntity, "The image is too small",
		"It must have at least 3x5 pixels. Send a larger one; the network sees 28x28."},
	{imageprep.ErrNoInk, "no-ink", http.StatusUnprocessableEntity, "The image is blank",
		"No ink was found. Write the digit dark on a light ground, or light on a dark one."},
	{errRateLimited, "rate-limited", http.StatusTooManyRequests, "You send too many requests",
		"Send them more slowly, the next after the time in the Retry-After header."},
	{context.Canceled, "client-closed", statusClientClosed, "The client left",
		"Nobody reads this."},
	{classify.ErrOverloaded, "overloaded", http.StatusServiceUnavailable, "The service is busy",
		"Try again after the time in the Retry-After header."},
	{errNotReady, "not-ready", http.StatusServiceUnavailable, "The instance is not ready",
		"It is starting, or its self-test failed. Try again after the time in the Retry-After header."},
	{errDraining, "draining", http.StatusServiceUnavailable, "The instance is stopping",
		"Try again after the time in the Retry-After header; another instance will answer."},
	{context.DeadlineExceeded, "deadline-exceeded", http.StatusGatewayTimeout, "The answer was not ready in time",
		"The service is busy. Try again later."},
}

// problemOf returns the table's entry for an error.
func problemOf(err error) *problem {
	for i := range problems {
		if errors.Is(err, problems[i].err) {
			return &problems[i]
		}
	}
	return &internal
}
