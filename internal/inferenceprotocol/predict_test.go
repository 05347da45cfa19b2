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
			b, err := ReadPredict(body, limits)
			if err != nil || !slices.Equal(b.Tensors, want) || b.Images != nil {
				t.Errorf("%s, %s: %v", name, form, err)
			}
		}
	}
	b, err := ReadPredict([]byte(`{"instances":[{"b64":"eA=="},{"image":{"b64":"eQ=="}}]}`), limits)
	if err != nil || !slices.EqualFunc(b.Images, [][]byte{[]byte("x"), []byte("y")}, bytes.Equal) || b.Tensors != nil {
		t.Errorf("images: %v", err)
	}
}

// Serializers write null for what is absent.
func TestNullInAPredictRequestIsAbsent(t *testing.T) {
	b, err := ReadPredict([]byte(`{"signature_name":null,"instances":[{"b64":"eA==","input-0":null}]}`), limits)
	if err != nil || b.Len() != 1 {
		t.Errorf("%v", err)
	}
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

func TestPredictReply(t *testing.T) {
	const want = `{"predictions":[[0,0.25,0,0,0,0,0,0.75,0,0],[0.5,0,0,0,0.125,0,0,0,0,0.375]]}` + "\n"
	if got := PredictReply(someAnswers()); string(got) != want {
		t.Errorf("%s", got)
	}
}
