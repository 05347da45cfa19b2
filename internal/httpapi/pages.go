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

// pageRoutes are the paths of Options.Pages, adminPageRoutes those of
// Options.AdminPages.
var (
	pageRoutes      = []string{"/", "/docs", "/status", assetRoute}
	adminPageRoutes = []string{"/status", assetRoute}
)

// pages adds the routes of pages, if there are any.
func (a *API) pages(router chi.Router, p Pages, patterns []string) {
	if p == nil {
		return
	}
	for _, pattern := range patterns {
		a.get(router, pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !p.ServePage(w, r) {
				a.notFound(w, r)
			}
		}))
	}
}
