package main

import (
	"net/http"
	"strings"
	"testing"
)

// With a listener for operators, that has the status page with live figures, which
// /metrics beside it gives; the public one says where they are.
func TestStatusIsLiveOnTheAdminListener(t *testing.T) {
	p := start(t, "--admin-addr", "127.0.0.1:0")
	for _, test := range []struct {
		addr    string
		metrics int
		live    bool
	}{{p.admin, 200, true}, {p.addr, 404, false}} {
		status, page := ask(t, http.MethodGet, "http://"+test.addr+"/status", nil)
		if live := strings.Contains(page, `id="live"`); status != 200 || live != test.live {
			t.Errorf("http://%s/status: %d, live is %v, want %v", test.addr, status, live, test.live)
		}
		if told := strings.Contains(page, "at the address for operators"); told == test.live {
			t.Errorf("http://%s/status says where the figures are: %v", test.addr, told)
		}
		if status, _ := ask(t, http.MethodGet, "http://"+test.addr+"/metrics", nil); status != test.metrics {
			t.Errorf("http://%s/metrics: %d, want %d", test.addr, status, test.metrics)
		}
	}
	p.stop(t)
}
