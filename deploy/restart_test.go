package deploy_test

import (
	"syscall"
	"testing"
	"time"
)

// behindBalancer starts three servers with a drain delay behind HAProxy, with
// variables of haproxy.cfg.
func behindBalancer(t *testing.T, drainDelay string, variables ...string) (addresses [3]string, servers [3]*background, url string) {
	t.Helper()
	program(t, "haproxy") // before anything is started
	for i := range servers {
		addresses[i] = freeAddress(t)
		servers[i] = startServer(t, addresses[i], "--drain-delay", drainDelay)
	}
	return addresses, servers, startBalancer(t, addresses, variables...)
}

// restartAll restarts one server after the other while clients ask.
func restartAll(t *testing.T, drainDelay string) *clients {
	t.Helper()
	addresses, servers, url := behindBalancer(t, drainDelay, "DIGITS_RETRIES=0")
	l := startLoad(url, example(t, "seven.png"), 8, "")
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

// When a server is killed, only what it had in flight fails, and is answered when
// asked again.
func TestKilledServer(t *testing.T) {
	loads := killOne(t)
	for i, l := range loads {
		inFlight := int64(0)
		if i == 0 {
			inFlight = clientsOfEach // each has one
		}
		if failed := l.failed.Load(); failed > inFlight || l.failedLater.Load() > 0 || l.failedTwice.Load() > 0 {
			t.Errorf("server %d had at most %d in flight, and %d failed, the last with %v; begun later %d; asked again %d",
				i+1, inFlight, failed, l.problem.Load(), l.failedLater.Load(), l.failedTwice.Load())
		}
	}
	if loads[0].failed.Load() == 0 {
		t.Error("nothing failed, so nothing was in flight")
	}
}

// Where HAProxy may ask another server itself, once, nothing fails.
func TestKilledServerAskedAgainByTheBalancer(t *testing.T) {
	for i, l := range killOne(t, "DIGITS_RETRIES=1", "DIGITS_RETRY_ON=conn-failure empty-response") {
		if l.failed.Load() > 0 {
			t.Errorf("of the clients of server %d %d failed, the last with %v", i+1, l.failed.Load(), l.problem.Load())
		}
	}
}

const clientsOfEach = 3

// killOne kills the first of three servers while each has clients of its own. It is
// frozen shortly before, so that its clients have requests in flight on it.
func killOne(t *testing.T, variables ...string) (loads [3]*clients) {
	t.Helper()
	_, servers, url := behindBalancer(t, "0s", variables...)
	for i, server := range []string{"one", "two", "three"} {
		loads[i] = startLoad(url, example(t, "seven.png"), clientsOfEach, server)
	}
	time.Sleep(time.Second) // the clients are at work
	if err := servers[0].Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // less than the balancer takes to notice
	servers[0].stop(t, syscall.SIGKILL)
	loads[0].dead.Store(true)
	time.Sleep(3 * time.Second)
	for i, l := range loads {
		l.end()
		t.Logf("server %d: %d requests, %d failed", i+1, l.sent.Load(), l.failed.Load())
		if l.sent.Load() < 50 {
			t.Errorf("server %d: only %d requests", i+1, l.sent.Load())
		}
	}
	return loads
}
