package deploy_test

import (
	"syscall"
	"testing"
	"time"
)

// behindBalancer starts three servers with a drain delay behind HAProxy.
func behindBalancer(t *testing.T, drainDelay string, retries int) (addresses [3]string, servers [3]*background, url string) {
	t.Helper()
	program(t, "haproxy") // before anything is started
	for i := range servers {
		addresses[i] = freeAddress(t)
		servers[i] = startServer(t, addresses[i], "--drain-delay", drainDelay)
	}
	return addresses, servers, startBalancer(t, addresses, retries)
}

// restartAll restarts one server after the other while clients ask.
func restartAll(t *testing.T, drainDelay string) *clients {
	t.Helper()
	addresses, servers, url := behindBalancer(t, drainDelay, 0)
	l := startLoad(url, example(t, "seven.png"))
	for i := range servers {
		time.Sleep(500 * time.Millisecond) // the clients are at work
		servers[i].stop(t, syscall.SIGTERM)
		time.Sleep(300 * time.Millisecond) // as an orchestrator takes
		startServer(t, addresses[i], "--drain-delay", drainDelay)
		time.Sleep(time.Second) // the balancer sees that it is back
	}
	l.end()
	t.Logf("%d requests, %d failed", l.sent.Load(), l.failed.Load())
	return l
}

// A rolling restart loses no request, even if the balancer tries nothing twice.
func TestRollingRestartLosesNothing(t *testing.T) {
	if l := restartAll(t, "3s"); l.failed.Load() > 0 || l.sent.Load() < 500 {
		t.Errorf("%d of %d requests failed, the last with %v", l.failed.Load(), l.sent.Load(), l.problem.Load())
	}
}

// Without a drain delay it does, or the test above shows nothing.
func TestRollingRestartWithoutDrainingLosesRequests(t *testing.T) {
	if l := restartAll(t, "0s"); l.failed.Load() == 0 {
		t.Errorf("none of %d requests failed", l.sent.Load())
	}
}

// When a server is killed, at most what it had in work fails, and is answered
// when asked again.
func TestKilledServer(t *testing.T) {
	_, servers, url := behindBalancer(t, "0s", 2)
	l := startLoad(url, example(t, "seven.png"))
	time.Sleep(time.Second)
	servers[0].stop(t, syscall.SIGKILL)
	time.Sleep(3 * time.Second)
	l.end()
	t.Logf("%d requests, %d failed", l.sent.Load(), l.failed.Load())
	if l.failed.Load() > loadClients || l.failedTwice.Load() > 0 || l.sent.Load() < 200 {
		t.Errorf("of %d requests of %d clients %d failed, the last with %v; asked again, %d", l.sent.Load(), loadClients, l.failed.Load(), l.problem.Load(), l.failedTwice.Load())
	}
}
