// Package ort measures ONNX Runtime, called from Go, on one thread with memory
// made beforehand.
package ort

import (
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

func TestMain(m *testing.M) {
	ort.SetSharedLibraryPath(os.Getenv("PEERS") + "/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1")
	if err := ort.InitializeEnvironment(); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = ort.DestroyEnvironment()
	os.Exit(code)
}

// BenchmarkLogits measures the book's network and the embedded one.
func BenchmarkLogits(b *testing.B) {
	for network, outputs := range map[string]int64{"simple": 10, "digits": 11} {
		for _, batch := range []int64{1, 8, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/batch=%d", network, batch), func(b *testing.B) { benchmark(b, network, outputs, batch) })
		}
	}
}

func benchmark(b *testing.B, network string, outputs, batch int64) {
	in := tensor(b, batch, 1, 28, 28)
	out := tensor(b, batch, outputs)
	for i := range in.GetData() {
		if v := rand.Float32(); v > 0.8 {
			in.GetData()[i] = v
		}
	}
	session := session(b, network, in, out)
	start := used(b)
	for b.Loop() {
		if err := session.Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(used(b)-start)/float64(b.N)/float64(batch), "cpu-ns/image")
}

func tensor(b *testing.B, shape ...int64) *ort.Tensor[float32] {
	b.Helper()
	t, err := ort.NewEmptyTensor[float32](ort.NewShape(shape...))
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func session(b *testing.B, network string, in, out *ort.Tensor[float32]) *ort.AdvancedSession {
	b.Helper()
	options, err := ort.NewSessionOptions()
	if err == nil {
		err = options.SetIntraOpNumThreads(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	s, err := ort.NewAdvancedSession(os.Getenv("PEERS")+"/"+network+".onnx", []string{"x"}, []string{"y"}, []ort.Value{in}, []ort.Value{out}, options)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// used is the processor time of the process, in nanoseconds.
func used(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
