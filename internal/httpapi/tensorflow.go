package httpapi

import (
	"net/http"
	"strconv"

	"digits/internal/inferenceprotocol"
)

// tensorflowModels is where TensorFlow Serving has models.
const tensorflowModels = "/v1/models/"

// number is the version as TensorFlow Serving has versions: its clients parse
// them as int64.
func (m *Model) number() string { return strconv.FormatInt(m.Number, 10) }

// The shapes of TensorFlow Serving's replies are those of its protocol buffers
// in JSON, where numbers of 64 bits are strings.
type (
	statusReply struct {
		Versions []versionStatus `json:"model_version_status"`
	}
	versionStatus struct {
		Version string     `json:"version"`
		State   string     `json:"state"`
		Status  statusCode `json:"status"`
	}
	statusCode struct {
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}

	signatureReply struct {
		Model    modelSpec         `json:"model_spec"`
		Metadata signatureMetadata `json:"metadata"`
	}
	modelSpec struct {
		Name      string `json:"name"`
		Signature string `json:"signature_name"`
		Version   string `json:"version"`
	}
	signatureMetadata struct {
		Definitions signatureDefinitions `json:"signature_def"`
	}
	signatureDefinitions struct {
		ByName map[string]signature `json:"signature_def"`
	}
	signature struct {
		Inputs  map[string]tensorInfo `json:"inputs"`
		Outputs map[string]tensorInfo `json:"outputs"`
		Method  string                `json:"method_name"`
	}
	tensorInfo struct {
		Name  string      `json:"name"`
		Type  string      `json:"dtype"`
		Shape tensorShape `json:"tensor_shape"`
	}
	tensorShape struct {
		UnknownRank bool        `json:"unknown_rank"`
		Dimensions  []dimension `json:"dim"`
	}
	dimension struct {
		Size string `json:"size"`
		Name string `json:"name"`
	}
)

// modelStatus tells whether the model can be used.
func (a *API) modelStatus(w http.ResponseWriter, r *http.Request, model *serving) {
	state := "AVAILABLE"
	switch a.readiness() {
	case errNotReady:
		state = "LOADING"
	case errDraining:
		state = "UNLOADING"
	}
	a.answer(w, r, statusReply{[]versionStatus{{model.number(), state, statusCode{Code: "OK"}}}})
}

// modelSignature tells what predict takes and gives.
func (a *API) modelSignature(w http.ResponseWriter, r *http.Request, model *serving) {
	a.answer(w, r, signatureReply{
		Model: modelSpec{Name: modelName, Version: model.number()},
		Metadata: signatureMetadata{signatureDefinitions{map[string]signature{inferenceprotocol.Signature: {
			Inputs: map[string]tensorInfo{
				inferenceprotocol.TensorInput: newTensorInfo(inferenceprotocol.TensorInput, "DT_FLOAT", -1, 28, 28),
				inferenceprotocol.ImageInput:  newTensorInfo(inferenceprotocol.ImageInput, "DT_STRING", -1),
			},
			Outputs: map[string]tensorInfo{inferenceprotocol.Probabilities: newTensorInfo(inferenceprotocol.Probabilities, "DT_FLOAT", -1, 10)},
			Method:  "tensorflow/serving/predict",
		}}}},
	})
}

func newTensorInfo(name, datatype string, shape ...int) tensorInfo {
	t := tensorInfo{Name: name, Type: datatype}
	for _, size := range shape {
		t.Shape.Dimensions = append(t.Shape.Dimensions, dimension{Size: strconv.Itoa(size)})
	}
	return t
}
