package main

import (
	"digits/api"
	"digits/internal/web"
	"digits/pkg/cnn"
	"digits/weights"
)

// pages are the service's pages about a model.
func (c config) pages(model *cnn.Model) (*web.Site, error) {
	return web.New(web.Options{
		Contract:     api.Document(),
		Version:      programVersion(),
		Model:        web.Model{Version: modelVersion(model), Digest: model.Digest()},
		Card:         weights.Card(),
		Metadata:     model.Metadata(),
		MaxBodyBytes: c.maxBodyBytes,
		NoMetrics:    c.adminAddr != "",
	})
}
