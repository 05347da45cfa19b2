package main

import (
	"digits/api"
	"digits/internal/httpapi"
	"digits/internal/web"
	"digits/pkg/cnn"
	"digits/weights"
)

// addPages adds the service's pages about a model. Live figures are where
// /metrics is: with a listener for operators, on a status page there.
func (c config) addPages(o *httpapi.Options, model *cnn.Model) error {
	about := web.Options{
		Version:  programVersion(),
		Model:    web.Model{Version: modelVersion(model), Digest: model.Digest(), Number: modelNumber(model)},
		Card:     weights.Card(),
		Metadata: model.Metadata(),
	}
	public, admin := about, about
	public.Contract, public.MaxBodyBytes, public.NoMetrics = api.Document(), c.maxBodyBytes, o.AdminListener
	admin.StatusOnly = true
	var err error
	if o.Pages, err = web.New(public); err != nil || !o.AdminListener {
		return err
	}
	o.AdminPages, err = web.New(admin)
	return err
}
