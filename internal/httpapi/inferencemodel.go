package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"digits/internal/inferenceprotocol"
)

// inferenceRoutes adds the calls of the Open Inference Protocol, under /v2, and
// those of TensorFlow Serving, under /v1. The router limited is for those that
// read digits.
func (a *API) inferenceRoutes(limited chi.Router) {
	a.router.Get("/v2", a.serverMetadata)
	a.router.Get("/v2/", a.serverMetadata)
	a.get(a.router, "/v2/health/live", http.HandlerFunc(a.inferenceLive)) // probes may send HEAD
	a.get(a.router, "/v2/health/ready", http.HandlerFunc(a.inferenceReady))
	a.router.Get("/v2/models", a.models)
	a.modelRoute(a.router, http.MethodGet, "/v2/models/", "", a.modelMetadata)
	a.modelRoute(a.router, http.MethodGet, "/v2/models/", "/ready", a.modelReady)
	a.modelRoute(limited, http.MethodPost, "/v2/models/", "/infer", a.infer)
	a.modelRoute(a.router, http.MethodGet, tensorflowModels, "", a.modelStatus)
	a.modelRoute(a.router, http.MethodGet, tensorflowModels, "/metadata", a.modelSignature)
	a.modelRoute(limited, http.MethodPost, tensorflowModels, ":predict", a.tensorflowPredict)
}

// speaksInference reports whether the path belongs to one of these protocols,
// whose errors have a shape of their own.
func speaksInference(path string) bool {
	return path == "/v2" || strings.HasPrefix(path, "/v2/") || strings.HasPrefix(path, "/v1/")
}

// modelHandler answers for the model that was in use when the request came.
type modelHandler func(http.ResponseWriter, *http.Request, *serving)

const versionPath = "/versions/{version}"

// modelRoute adds a handler under the model's path and under that of its version.
func (a *API) modelRoute(router chi.Router, method, before, after string, handle modelHandler) {
	router.MethodFunc(method, before+modelName+after, func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, a.serving())
	})
	router.MethodFunc(method, before+modelName+versionPath+after, func(w http.ResponseWriter, r *http.Request) {
		model := a.serving()
		want := model.Version
		if before == tensorflowModels {
			want = model.number()
		}
		version, err := url.PathUnescape(chi.URLParam(r, "version"))
		if err != nil || version != want {
			a.fail(w, r, errModelNotFound)
			return
		}
		handle(w, r, model)
	})
}

type serverReply struct {
	Name       string   `json:"name"`
	Version    string   `json:"version"`
	Extensions []string `json:"extensions"`
}

func (a *API) serverMetadata(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, serverReply{modelName, a.options.Build.Version, []string{"binary_tensor_data", "classification"}})
}

func (a *API) inferenceLive(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, map[string]bool{"live": true})
}

func (a *API) inferenceReady(w http.ResponseWriter, r *http.Request) {
	if err := a.readiness(); err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, r, map[string]bool{"live": true, "ready": true})
}

func (a *API) models(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, map[string][]string{"models": {modelName}})
}

type modelReadyReply struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
}

func (a *API) modelReady(w http.ResponseWriter, r *http.Request, _ *serving) {
	if err := a.readiness(); err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, r, modelReadyReply{modelName, true})
}

type modelMetadataReply struct {
	Name     string              `json:"name"`
	Versions []string            `json:"versions"`
	Platform string              `json:"platform"`
	Inputs   []tensorDescription `json:"inputs"`
	Outputs  []tensorDescription `json:"outputs"`
}

type tensorDescription struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"` // -1 stands for any
}

func (a *API) modelMetadata(w http.ResponseWriter, r *http.Request, model *serving) {
	a.answer(w, r, modelMetadataReply{
		Name:     modelName,
		Versions: []string{model.Version},
		Platform: "digits_safetensors",
		Inputs: []tensorDescription{
			{inferenceprotocol.TensorInput, "FP32", []int{-1, 1, 28, 28}},
			{inferenceprotocol.ImageInput, "BYTES", []int{-1}},
		},
		Outputs: []tensorDescription{
			{inferenceprotocol.Probabilities, "FP32", []int{-1, 10}},
			{inferenceprotocol.Digit, "INT64", []int{-1}},
			{inferenceprotocol.Confidence, "FP32", []int{-1}},
			{inferenceprotocol.Accepted, "BOOL", []int{-1}},
		},
	})
}
