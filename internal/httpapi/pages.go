package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// Pages answer people's browsers.
type Pages interface {
	// ServePage answers GET or HEAD of a page, or of a file that pages load. It
	// returns false, and has written nothing, when there is no such file.
	ServePage(w http.ResponseWriter, r *http.Request) bool
}

// assetRoute are the files that pages load.
const assetRoute = "/assets/{version}/{name}"

// pageRoutes are the paths of Model.Pages, adminPageRoutes those of
// Model.AdminPages.
var (
	pageRoutes      = []string{"/", "/docs", "/status", assetRoute}
	adminPageRoutes = []string{"/status", assetRoute}
)

// pages adds the routes of pages, if there are any. They are those of the model
// that answers when they are asked for.
func (a *API) pages(router chi.Router, of func(Model) Pages, patterns []string) {
	if of(a.options.Model) == nil {
		return
	}
	for _, pattern := range patterns {
		a.get(router, pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p := of(a.serving().Model); p == nil || !p.ServePage(w, r) {
				a.notFound(w, r)
			}
		}))
	}
}
