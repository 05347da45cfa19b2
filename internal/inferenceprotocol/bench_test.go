package inferenceprotocol

import (
	"fmt"
	"testing"

	"digits/internal/cputime"
)

// Reading of n tensors, as JSON and as binary data.
func BenchmarkReadRequest(b *testing.B) {
	for _, n := range []int{1, 64} {
		large := Limits{Tensors: n, Images: 1}
		text := inferJSON(b, TensorInput, "FP32", []int{n, 784}, pixelsOf(n))
		body, length := inferBinary(b, TensorInput, "FP32", []int{n, 784}, make([]byte, 4*784*n))
		for name, test := range map[string]struct {
			body   []byte
			header int
		}{"JSON": {text, NoHeader}, "binary": {body, length}} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(test.body)))
				clock := cputime.Start()
				for b.Loop() {
					if _, err := ReadRequest(test.body, test.header, large); err != nil {
						b.Fatal(err)
					}
				}
				clock.Report(b, n, "tensor")
			})
		}
	}
}
