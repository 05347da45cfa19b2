package httpapi

import (
	"fmt"
	"net/http"
	"runtime/debug"
)

// recoverPanics turns a handler's panic into the problem "internal". When the
// reply has already begun it can only cut it off.
func (a *API) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			x := exchangeOf(r)
			err := fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
			if x.reply.Status() != 0 {
				a.account(x, problemOf(err), err)
				panic(http.ErrAbortHandler)
			}
			a.fail(w, r, err)
		}()
		next.ServeHTTP(w, r)
	})
}
