package inferenceprotocol

import (
	"runtime"
	"strings"
	"testing"
)

// A body that is refused has not taken memory for what it declares or repeats.
func TestRefusedBodiesTakeNoMemory(t *testing.T) {
	const size = 4 << 20
	fill := func(begin, repeat, end string) []byte {
		return []byte(begin + strings.Repeat(repeat, size/len(repeat)) + end)
	}
	large := Limits{Tensors: 1 << 14, Images: 1 << 14}
	read := func(body []byte) error { _, err := ReadRequest(body, NoHeader, large); return err }
	predict := func(body []byte) error { _, err := ReadPredict(body, large); return err }
	for name, test := range map[string]struct {
		body []byte
		read func([]byte) error
	}{
		"fields":             {fill(`{`, `"a":0,`, `"a":0}`), read},
		"inputs":             {fill(`{"inputs":[`, `{},`, `{}]}`), read},
		"outputs":            {fill(`{"outputs":[`, `{"name":"digit"},`, `{}]}`), read},
		"brackets":           {fill(`{"a":`, `[`, ``), read},
		"sizes":              {fill(`{"inputs":[{"shape":[`, `1,`, `1]}]}`), read},
		"a declared tensor":  {[]byte(`{"inputs":[{"name":"input-0","datatype":"FP32","shape":[16000,784],"data":[0]}]}`), read},
		"declared instances": {fill(`{"instances":[`, `[],`, `[]]}`), predict},
		"declared columns":   {fill(`{"inputs":{"input-0":[`, `[],`, `[]]}}`), predict},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := test.read(test.body)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err == nil || n > size/4 {
			t.Errorf("%s: error %v, %d bytes of memory", name, err, n)
		}
	}
}
