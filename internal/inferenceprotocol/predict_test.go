package inferenceprotocol

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"digits/pkg/imageprep"
)

func TestInstancesInEveryForm(t *testing.T) {
	want := pixelsOf(2)
	one, two := want[:imageprep.Pixels], want[imageprep.Pixels:]
	for name, shape := range map[string][]int{"flat": {784}, "rows": {28, 28}, "channel first": {1, 28, 28}, "channel last": {28, 28, 1}} {
		for form, instance := range map[string]func(any) any{
			"alone": func(v any) any { return v },
			"named": func(v any) any { return map[string]any{TensorInput: v} },
		} {
			body := asJSON(t, map[string]any{"signature_name": "serving_default",
				"instances": []any{instance(nested(one, shape)), instance(nested(two, shape))}})
			r, err := ReadPredict(body, limits)
			if err != nil || !slices.Equal(r.Batch.Tensors, want) || r.Batch.Images != nil {
				t.Errorf("%s, %s: %v", name, form, err)
			}
		}
	}
	readsImages(t, `{"instances":[{"b64":"eA=="},{"image":{"b64":"eQ=="}}]}`)
}

// readsImages fails unless the request is for the images x and y.
func readsImages(t *testing.T, body string) {
	t.Helper()
	r, err := ReadPredict([]byte(body), limits)
	if err != nil || !slices.EqualFunc(r.Batch.Images, [][]byte{[]byte("x"), []byte("y")}, bytes.Equal) || r.Batch.Tensors != nil {
		t.Errorf("%s: %v", body, err)
	}
}

func TestColumnsInEveryForm(t *testing.T) {
	want := pixelsOf(2)
	for name, shape := range map[string][]int{"flat": {2, 784}, "rows": {2, 28, 28}, "channel first": {2, 1, 28, 28}, "channel last": {2, 28, 28, 1}} {
		column := nested(want, shape)
		for form, inputs := range map[string]any{"alone": column, "named": map[string]any{TensorInput: column}} {
			r, err := ReadPredict(asJSON(t, map[string]any{"inputs": inputs}), limits)
			if err != nil || !slices.Equal(r.Batch.Tensors, want) || r.Batch.Images != nil {
				t.Errorf("%s, %s: %v", name, form, err)
			}
		}
	}
	readsImages(t, `{"inputs":[{"b64":"eA=="},{"b64":"eQ=="}]}`)
	readsImages(t, `{"inputs":{"image":[{"b64":"eA=="},{"b64":"eQ=="}]},"instances":null}`)
}

// Serializers write null for what is absent.
func TestNullInAPredictRequestIsAbsent(t *testing.T) {
	readsImages(t, `{"signature_name":null,"inputs":null,"instances":[{"b64":"eA==","input-0":null},{"b64":"eQ=="}]}`)
}

func TestRefusedInstances(t *testing.T) {
	flat := strings.Repeat("0,", 783) + "0"
	tensor := "[" + flat + "]"
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"nothing":                {``, ErrMalformed},
		"no instances":           {`{}`, ErrMalformed},
		"instances of null":      {`{"instances":null}`, ErrMalformed},
		"an instance of null":    {`{"instances":[null]}`, ErrShape},
		"base64 of null":         {`{"instances":[{"b64":null}]}`, ErrInput},
		"an empty list":          {`{"instances":[]}`, ErrMalformed},
		"instances in an object": {`{"instances":{"b64":""}}`, ErrMalformed},
		"another signature":      {`{"signature_name":"classify","instances":[` + tensor + `]}`, ErrMalformed},
		"instances twice":        {`{"instances":[` + tensor + `],"instances":[` + tensor + `]}`, ErrMalformed},
		"too many tensors":       {`{"instances":[` + strings.Repeat(tensor+",", 8) + tensor + `]}`, ErrTooMany},
		"too many images":        {`{"instances":[` + strings.Repeat(`{"b64":""},`, 3) + `{"b64":""}]}`, ErrTooMany},
		"a million of nothing":   {`{"instances":[` + strings.Repeat(`[],`, 1000000) + `[]]}`, ErrShape},
		"images and tensors":     {`{"instances":[{"b64":""},` + tensor + `]}`, ErrInput},
		"tensors and images":     {`{"instances":[` + tensor + `,{"b64":""}]}`, ErrInput},
		"another input":          {`{"instances":[{"x":1}]}`, ErrInput},
		"both inputs":            {`{"instances":[{"b64":"","image":{"b64":""}}]}`, ErrInput},
		"no input":               {`{"instances":[{}]}`, ErrInput},
		"an image that is text":  {`{"instances":[{"image":"eA=="}]}`, ErrMalformed},
		"an empty image":         {`{"instances":[{"b64":""},{"image":{}}]}`, ErrInput},
		"another field":          {`{"instances":[{"image":{"b65":""}}]}`, ErrMalformed},
		"instances and inputs":   {`{"instances":[` + tensor + `],"inputs":[` + tensor + `]}`, ErrMalformed},
		"empty inputs":           {`{"inputs":[]}`, ErrMalformed},
		"a column of nothing":    {`{"inputs":{"input-0":[]}}`, ErrMalformed},
		"inputs without a name":  {`{"inputs":{}}`, ErrInput},
		"another column":         {`{"inputs":{"x":[` + tensor + `]}}`, ErrInput},
		"both columns":           {`{"inputs":{"input-0":[` + tensor + `],"image":[{"b64":""}]}}`, ErrInput},
		"a row of inputs":        {`{"inputs":[{"image":{"b64":""}}]}`, ErrMalformed},
		"no list of images":      {`{"inputs":{"image":{"b64":""}}}`, ErrMalformed},
		"no list of tensors":     {`{"inputs":` + tensor + `}`, ErrShape},
		"columns of both kinds":  {`{"inputs":[{"b64":""},` + tensor + `]}`, ErrInput},
		"an image without bytes": {`{"inputs":[{"b64":""},{}]}`, ErrInput},
		"too many in a column":   {`{"inputs":{"input-0":[` + strings.Repeat(tensor+",", 8) + tensor + `]}}`, ErrTooMany},
		"base64":                 {`{"instances":[{"b64":"%"}]}`, ErrBase64},
		"text":                   {`{"instances":["seven"]}`, ErrShape},
		"a number":               {`{"instances":[7]}`, ErrShape},
		"a deep list":            {`{"instances":[` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `]}`, ErrShape},
		"one number less":        {`{"instances":[[` + flat[2:] + `]]}`, ErrShape},
		"a level":                {`{"instances":[[7` + flat[1:] + `]]}`, ErrRange},
		"more behind it":         {`{"instances":[` + tensor + `]}]`, ErrMalformed},
	} {
		if _, err := ReadPredict([]byte(test.body), limits); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v; want %v", name, err, test.want)
		}
	}
}

// Outputs are as the inputs: rows for instances, else the column of the only output,
// which needs no name.
func TestPredictReplies(t *testing.T) {
	const rows = `[[0,0.25,0,0,0,0,0,0.75,0,0],[0.5,0,0,0,0.125,0,0,0,0,0.375]]}` + "\n"
	images := `[{"b64":"eA=="},{"b64":"eQ=="}]`
	for body, want := range map[string]string{
		`{"instances":` + images + `}`:        `{"predictions":` + rows,
		`{"inputs":` + images + `}`:           `{"outputs":` + rows,
		`{"inputs":{"image":` + images + `}}`: `{"outputs":` + rows,
	} {
		r, err := ReadPredict([]byte(body), limits)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Reply(someAnswers()); string(got.Body) != want || got.HeaderLength != NoHeader {
			t.Errorf("%s: %s", body, got.Body)
		}
	}
}
