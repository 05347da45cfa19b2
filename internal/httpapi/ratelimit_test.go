package httpapi

import (
	"net/netip"
	"testing"
	"time"
)

// Clients that have not asked for as long as their bucket takes to fill are
// forgotten: their number bounds the memory, not that of all who ever asked.
func TestRatesForgetClients(t *testing.T) {
	r := &rates{period: time.Second, burst: 4, full: map[netip.Prefix]time.Time{}}
	now := time.Unix(0, 0)
	for i := range 100_000 {
		now = now.Add(10 * time.Millisecond)
		client := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
		if wait := r.take(client, now); wait != 0 {
			t.Fatalf("a client's first request has to wait for %v", wait)
		}
	}
	if n := len(r.full); n > 1024 {
		t.Errorf("%d clients are remembered, of 100 in the last second", n)
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":        "192.0.2.1/32",
		"::ffff:192.0.2.1": "192.0.2.1/32",
		"2001:db8::1":      "2001:db8::/64",
		"fe80::1%eth0":     "fe80::/64",
	} {
		if got := network(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if got := network(netip.Addr{}); got.IsValid() {
		t.Errorf("no address: %v", got)
	}
}
