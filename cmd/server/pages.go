package main

import (
	"digits/api"
	"digits/internal/httpapi"
	"digits/internal/web"
	"digits/weights"
)

// addPages adds the service's pages about a model. Live figures are where
// /metrics is: with a listener for operators, on a status page there.
func (c config) addPages(m *httpapi.Model, metadata map[string]string) error {
	about := web.Options{
		Version:  programVersion(),
		Model:    web.Model{Version: m.Version, Digest: m.Digest, Number: m.Number},
		Card:     weights.Card(),
		Metadata: metadata,
	}
	adminListener := c.adminAddr != ""
	public, admin := about, about
	public.Contract, public.MaxBodyBytes, public.NoMetrics = api.Document(), c.maxBodyBytes, adminListener
	admin.StatusOnly = true
	var err error
	if m.Pages, err = web.New(public); err != nil || !adminListener {
		return err
	}
	m.AdminPages, err = web.New(admin)
	return err
}
