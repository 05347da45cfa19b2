package httpapi

import "net/http"

// Pages answer people's browsers.
type Pages interface {
	// ServePage answers GET or HEAD of a page, or of a file that pages load. It
	// returns false, and has written nothing, when there is no such file.
	ServePage(w http.ResponseWriter, r *http.Request) bool
}

// pageRoutes are the paths of Pages.
var pageRoutes = []string{"/", "/docs", "/status", "/assets/{version}/{name}"}

func (a *API) page(w http.ResponseWriter, r *http.Request) {
	if !a.options.Pages.ServePage(w, r) {
		a.notFound(w, r)
	}
}
