package httpapi_test

import (
	"context"

	"digits/internal/classify"
)

// The classifiers of the other tests, for tensors and with pictures.

func (f failing) ClassifyTensors(context.Context, []float32, func(int, *classify.Result)) (classify.Durations, error) {
	return classify.Durations{}, f.err
}

func (panicking) ClassifyTensors(context.Context, []float32, func(int, *classify.Result)) (classify.Durations, error) {
	panic("a bug")
}

func (rejecting) ClassifyTensors(context.Context, []float32, func(int, *classify.Result)) (classify.Durations, error) {
	panic("the test sends no tensors")
}

func (s slow) ClassifyTensors(ctx context.Context, _ []float32, _ func(int, *classify.Result)) (classify.Durations, error) {
	_, err := s.Classify(ctx, nil)
	return classify.Durations{}, err
}

func (f failing) Explain(ctx context.Context, data []byte) (classify.Result, error) {
	return f.Classify(ctx, data)
}

func (p panicking) Explain(ctx context.Context, data []byte) (classify.Result, error) {
	return p.Classify(ctx, data)
}

func (r rejecting) Explain(ctx context.Context, data []byte) (classify.Result, error) {
	return r.Classify(ctx, data)
}

func (s slow) Explain(ctx context.Context, data []byte) (classify.Result, error) {
	return s.Classify(ctx, data)
}
