// Serve answers what digit a 28x28 PNG shows, by ONNX Runtime: the least that
// a service in Go around it does, without limits, preparation or metrics.
package main

import (
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"net/http"
	"os"
	"runtime"

	ort "github.com/yalue/onnxruntime_go"
)

type session struct {
	in, out *ort.Tensor[float32]
	run     *ort.AdvancedSession
}

func main() {
	ort.SetSharedLibraryPath(os.Getenv("PEERS") + "/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1")
	if err := ort.InitializeEnvironment(); err != nil {
		log.Fatal(err)
	}
	free := make(chan *session, runtime.NumCPU())
	for range cap(free) {
		s, err := open()
		if err != nil {
			log.Fatal(err)
		}
		free <- s
	}
	http.HandleFunc("POST /predict", func(w http.ResponseWriter, r *http.Request) {
		img, err := png.Decode(r.Body)
		if err == nil && img.Bounds() != image.Rect(0, 0, 28, 28) {
			err = errors.New("it is not 28x28")
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s := <-free
		defer func() { free <- s }()
		answer, err := s.answer(img)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

func open() (*session, error) {
	in, err := ort.NewEmptyTensor[float32](ort.NewShape(1, 1, 28, 28))
	if err != nil {
		return nil, err
	}
	out, err := ort.NewEmptyTensor[float32](ort.NewShape(1, 10))
	if err != nil {
		return nil, err
	}
	options, err := ort.NewSessionOptions()
	if err == nil {
		err = options.SetIntraOpNumThreads(1)
	}
	if err != nil {
		return nil, err
	}
	run, err := ort.NewAdvancedSession(os.Getenv("PEERS")+"/simple.onnx", []string{"x"}, []string{"y"}, []ort.Value{in}, []ort.Value{out}, options)
	return &session{in, out, run}, err
}

func (s *session) answer(img image.Image) (any, error) {
	x := s.in.GetData()
	for i := range x {
		x[i] = float32(color.GrayModel.Convert(img.At(i%28, i/28)).(color.Gray).Y) / 255
	}
	if err := s.run.Run(); err != nil {
		return nil, err
	}
	best, sum := 0, 0.0
	logits := s.out.GetData()
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	for _, v := range logits {
		sum += math.Exp(float64(v - logits[best]))
	}
	return struct {
		Digit      int     `json:"digit"`
		Confidence float64 `json:"confidence"`
	}{best, 1 / sum}, nil
}
