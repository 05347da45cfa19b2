package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// answer is a reply to be judged.
type answer struct {
	method, path string
	status       int
	header       http.Header
	body         map[string]any
}

// answerOf returns an answer that the contract describes: the named example.
func answerOf(path string, status int, response *openapi3.ResponseRef, mediaType, example string) answer {
	value := response.Value.Content[mediaType].Examples[example].Value.Value
	return answer{
		method: http.MethodPost, path: path, status: status,
		header: http.Header{"Content-Type": {mediaType}, "X-Request-Id": {"1"}},
		body:   maps.Clone(value.(map[string]any)),
	}
}

func (c contract) judge(t *testing.T, a answer) error {
	t.Helper()
	return c.checkReply(httptest.NewRequest(a.method, a.path, nil), &http.Response{
		StatusCode: a.status, Header: a.header,
		Body: io.NopCloser(bytes.NewReader(asJSON(t, a.body))),
	})
}

// A reply that differs from the contract in one place is found out.
func TestContractFindsDrift(t *testing.T) {
	c := loadContract(t)
	predict := c.document.Paths.Value("/predict").Post.Responses
	prediction := func() answer { return answerOf("/predict", 200, predict.Status(200), "application/json", "one") }
	rejected := func() answer { return answerOf("/predict", 200, predict.Status(200), "application/json", "rejected") }
	several := func() answer { return answerOf("/predict", 200, predict.Status(200), "application/json", "several") }
	problem := func() answer {
		return answerOf("/predict", 400, predict.Status(400), "application/problem+json", "empty-body")
	}
	overloaded := func() answer {
		a := answerOf("/predict", 503, predict.Status(503), "application/problem+json", "overloaded")
		a.header.Set("Retry-After", "1")
		return a
	}
	elsewhere := func() answer {
		return answerOf("/nowhere", 404, c.document.Components.Responses["NotFound"], "application/problem+json", "not-found")
	}
	getPredict := func() answer {
		a := answerOf("/predict", 405, c.document.Components.Responses["MethodNotAllowed"], "application/problem+json", "method-not-allowed")
		a.method = http.MethodGet
		a.header.Set("Allow", "POST")
		return a
	}
	head := func() answer {
		return answer{http.MethodHead, "/livez", 200, http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"1"}}, nil}
	}
	for name, right := range map[string]func() answer{
		"prediction": prediction, "rejected": rejected, "several": several, "problem": problem, "overloaded": overloaded,
		"elsewhere": elsewhere, "method": getPredict, "HEAD": head,
	} {
		if err := c.judge(t, right()); err != nil {
			t.Fatalf("%s without a fault is refused: %v", name, err)
		}
	}

	for name, test := range map[string]struct {
		right func() answer
		spoil func(*answer)
	}{
		"field added":                 {prediction, func(a *answer) { a.body["label"] = 7 }},
		"field gone":                  {prediction, func(a *answer) { delete(a.body, "model") }},
		"digit as text":               {prediction, func(a *answer) { a.body["digit"] = "7" }},
		"digit out of range":          {prediction, func(a *answer) { a.body["digit"] = 10 }},
		"nine probabilities":          {prediction, func(a *answer) { a.body["probabilities"] = make([]float64, 9) }},
		"null candidates":             {prediction, func(a *answer) { a.body["candidates"] = nil }},
		"field added inside":          {prediction, func(a *answer) { a.body["model"] = map[string]any{"name": "n", "version": "v", "extra": 1} }},
		"accepted with a reason":      {prediction, func(a *answer) { a.body["reason"] = "not_a_digit" }},
		"rejected without a reason":   {rejected, func(a *answer) { delete(a.body, "reason") }},
		"unknown reason":              {rejected, func(a *answer) { a.body["reason"] = "ugly" }},
		"entry that is neither":       {several, func(a *answer) { a.body["predictions"] = []any{map[string]any{"error": "no"}} }},
		"no entries":                  {several, func(a *answer) { a.body["predictions"] = []any{} }},
		"type of another status":      {problem, func(a *answer) { a.body["type"] = "urn:digits:problem:overloaded" }},
		"unknown type":                {problem, func(a *answer) { a.body["type"] = "urn:digits:problem:other" }},
		"another status in the body":  {problem, func(a *answer) { a.body["status"] = 413 }},
		"field added to a problem":    {problem, func(a *answer) { a.body["input"] = "x" }},
		"detail gone":                 {problem, func(a *answer) { delete(a.body, "detail") }},
		"status not described":        {problem, func(a *answer) { a.status = 418 }},
		"media type not described":    {problem, func(a *answer) { a.header.Set("Content-Type", "application/json") }},
		"header not described":        {prediction, func(a *answer) { a.header.Set("X-Extra", "1") }},
		"no request id":               {prediction, func(a *answer) { a.header.Del("X-Request-Id") }},
		"no Retry-After":              {overloaded, func(a *answer) { a.header.Del("Retry-After") }},
		"Retry-After that is no time": {overloaded, func(a *answer) { a.header.Set("Retry-After", "soon") }},
		"no Allow":                    {getPredict, func(a *answer) { a.header.Del("Allow") }},
		"404 with another type":       {elsewhere, func(a *answer) { a.body["type"] = "urn:digits:problem:no-ink" }},
		"HEAD, header not described":  {head, func(a *answer) { a.header.Set("X-Extra", "1") }},
		"HEAD, no request id":         {head, func(a *answer) { a.header.Del("X-Request-Id") }},
	} {
		t.Run(name, func(t *testing.T) {
			a := test.right()
			test.spoil(&a)
			if c.judge(t, a) == nil {
				t.Errorf("not found out: %d %v %v", a.status, a.header, a.body)
			}
		})
	}
}

// A request that the contract does not allow is found out too, so that the
// requests of the other tests show something.
func TestContractRefusesWrongRequests(t *testing.T) {
	c := loadContract(t)
	for name, body := range map[string]any{
		"no image":      map[string]any{},
		"both":          map[string]any{"image": "aa", "images": []string{"aa"}},
		"no images":     map[string]any{"images": []string{}},
		"17 images":     map[string]any{"images": make([]json.RawMessage, 17)},
		"a number":      map[string]any{"image": 7},
		"field added":   map[string]any{"image": "aa", "label": 7},
		"not an object": []string{"aa"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.checkRequest(post("application/json", asJSON(t, body))) == nil {
				t.Errorf("allowed: %v", body)
			}
		})
	}
	if c.checkRequest(post("image/png", nil)) == nil {
		t.Error("an empty body is allowed")
	}
}
