package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"digits/internal/classify"
	"digits/internal/httpapi"
)

// config is what the command line and the environment say.
type config struct {
	addr              string
	adminAddr         string
	weights           string
	maxBodyBytes      int64
	maxBufferedBytes  int64
	maxDecodedBytes   int64
	maxPixels         int
	maxImages         int
	requestTimeout    time.Duration
	readHeaderTimeout time.Duration
	readTimeout       time.Duration
	writeTimeout      time.Duration
	idleTimeout       time.Duration
	drainDelay        time.Duration
	drainTimeout      time.Duration
	slots             int
	selfTestInterval  time.Duration
	trustedProxies    []string
	corsOrigins       []string
	rateLimit         float64
	rateBurst         int
	feedback          bool
	logLevel          string
	logFormat         string
	logSample         float64
	showVersion       bool
	health            string
}

// flags fill the config. Each, but for the two that make the program do
// something else, can also be set in the environment.
func (c *config) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "addr", Value: ":8080", Destination: &c.addr, Sources: env("addr"),
			Validator: isAddress, Usage: "`ADDRESS` to listen on; port 0 takes a free one"},
		&cli.StringFlag{Name: "admin-addr", Destination: &c.adminAddr, Sources: env("admin-addr"), DefaultText: "none",
			Validator: isAddressOrNone, Usage: "`ADDRESS` of a second listener for operators: metrics, which then are only there, profiles, reload; never let the public reach it"},
		&cli.StringFlag{Name: "weights", Destination: &c.weights, Sources: env("weights"), DefaultText: "embedded",
			Usage: "weights `FILE`"},
		&cli.Int64Flag{Name: "max-body-bytes", Value: httpapi.DefaultMaxBodyBytes, Destination: &c.maxBodyBytes, Sources: env("max-body-bytes"),
			Validator: atLeast[int64](1), Usage: "largest request body"},
		&cli.Int64Flag{Name: "max-buffered-bytes", Value: httpapi.DefaultMaxBufferedBytes, Destination: &c.maxBufferedBytes, Sources: env("max-buffered-bytes"),
			Validator: atLeast[int64](2), Usage: "most bytes of request bodies in memory at once, at least twice max-body-bytes; what is more is answered 503"},
		&cli.Int64Flag{Name: "max-decoded-bytes", Value: classify.DefaultMemory, Destination: &c.maxDecodedBytes, Sources: env("max-decoded-bytes"),
			Validator: atLeast[int64](1), Usage: "most bytes of decoded images in memory at once; what is more waits in the queue, a larger image until it is alone"},
		&cli.IntFlag{Name: "max-pixels", Value: httpapi.DefaultMaxPixels, Destination: &c.maxPixels, Sources: env("max-pixels"),
			Validator: atLeast(classify.SelfTestPixels), Usage: "largest image, width times height; at least 3136, which the self-test needs"},
		&cli.IntFlag{Name: "max-images", Value: httpapi.DefaultMaxImages, Destination: &c.maxImages, Sources: env("max-images"),
			Validator: between(1, httpapi.DefaultMaxImages), Usage: "most images of one request, up to 16"},
		duration("request-timeout", httpapi.DefaultRequestTimeout, &c.requestTimeout, positive, "longest time for an answer, once the request has been read"),
		duration("read-header-timeout", 5*time.Second, &c.readHeaderTimeout, positive, "longest time for a request's headers to arrive"),
		duration("read-timeout", 15*time.Second, &c.readTimeout, positive, "longest time for a whole request to arrive"),
		duration("write-timeout", 30*time.Second, &c.writeTimeout, positive, "longest time from a request's headers to the end of its reply; more than read-timeout and request-timeout together"),
		duration("idle-timeout", 90*time.Second, &c.idleTimeout, positive, "longest time that an unused connection is kept; more than the load balancer keeps it"),
		duration("drain-delay", 5*time.Second, &c.drainDelay, notNegative, "time to go on serving after the signal to stop, while /readyz already fails"),
		duration("drain-timeout", 20*time.Second, &c.drainTimeout, notNegative, "longest time for the last requests to finish after that; more than read-timeout, after which slow ones are refused"),
		&cli.IntFlag{Name: "slots", Destination: &c.slots, Sources: env("slots"), DefaultText: "one for each core",
			Validator: between(1, 1024), Usage: "images in work at once, up to 1024"},
		duration("selftest-interval", time.Minute, &c.selfTestInterval, notNegative, "time between two self-tests; 0 tests only at the start and after a reload"),
		&cli.StringSliceFlag{Name: "trusted-proxies", Destination: &c.trustedProxies, Sources: env("trusted-proxies"), DefaultText: "none",
			Validator: areNetworks, Usage: "`NETWORKS` of the proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8,2001:db8::/32"},
		&cli.StringSliceFlag{Name: "cors-origins", Destination: &c.corsOrigins, Sources: env("cors-origins"), DefaultText: "none",
			Validator: areOrigins, Usage: "`ORIGINS` whose pages may ask from a browser, such as https://example.org, or * for all"},
		&cli.FloatFlag{Name: "rate-limit", Destination: &c.rateLimit, Sources: env("rate-limit"), DefaultText: "none",
			Validator: isRate, Usage: "requests a second that one client may send to be read, from 0.001 to 1000000; what is more is answered 429"},
		&cli.IntFlag{Name: "rate-burst", Value: httpapi.DefaultRateBurst, Destination: &c.rateBurst, Sources: env("rate-burst"),
			Validator: between(1, 1_000_000), Usage: "of these, how many at once"},
		&cli.BoolFlag{Name: "feedback", Value: true, Destination: &c.feedback, Sources: env("feedback"),
			Usage: "serve POST /feedback; --feedback=false does not"},
		&cli.StringFlag{Name: "log-level", Value: "info", Destination: &c.logLevel, Sources: env("log-level"),
			Validator: isLevel, Usage: "debug, info, warn or error"},
		&cli.StringFlag{Name: "log-format", Value: "text", Destination: &c.logFormat, Sources: env("log-format"),
			Validator: isFormat, Usage: "text or json"},
		&cli.FloatFlag{Name: "log-sample", Value: 1, Destination: &c.logSample, Sources: env("log-sample"),
			Validator: isShare, Usage: "share of the requests that succeed that is logged, above 0 and up to 1"},
		&cli.BoolFlag{Name: "version", Destination: &c.showVersion, HideDefault: true,
			Usage: "print the version and exit"},
		&cli.StringFlag{Name: "health", Destination: &c.health,
			Usage: "ask the server at this `URL` or address whether it is ready, and exit with 0 or 1; self means the one of --addr"},
	}
}

func duration(name string, value time.Duration, to *time.Duration, valid func(time.Duration) error, usage string) cli.Flag {
	return &cli.DurationFlag{Name: name, Value: value, Destination: to, Sources: env(name), Validator: valid, Usage: usage}
}

func positive(d time.Duration) error    { return atLeast(time.Nanosecond)(d) }
func notNegative(d time.Duration) error { return atLeast(time.Duration(0))(d) }

func atLeast[T int | int64 | time.Duration](least T) func(T) error {
	return func(v T) error {
		if v < least {
			return fmt.Errorf("%v is too small; the least is %v", v, least)
		}
		return nil
	}
}

func between(least, most int) func(int) error {
	return func(v int) error {
		if v > most {
			return fmt.Errorf("%d is too large; the most is %d", v, most)
		}
		return atLeast(least)(v)
	}
}

// check refuses timeouts that would cut off answers which are in time, and
// less memory than one body may need.
func (c *config) check() error {
	if c.maxBufferedBytes/2 < c.maxBodyBytes {
		return fmt.Errorf("--max-buffered-bytes is %d; it must be at least twice --max-body-bytes %d; %w",
			c.maxBufferedBytes, c.maxBodyBytes, errUsage)
	}
	if c.writeTimeout-c.readTimeout <= c.requestTimeout {
		return fmt.Errorf("--write-timeout is %v; it must be more than --read-timeout %v and --request-timeout %v together; %w",
			c.writeTimeout, c.readTimeout, c.requestTimeout, errUsage)
	}
	return nil
}

func isAddress(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return fmt.Errorf("%q is not an address such as :8080 or 127.0.0.1:8080", text)
	}
	return nil
}

func isAddressOrNone(text string) error {
	if text == "" {
		return nil
	}
	return isAddress(text)
}

func isLevel(text string) error {
	var level slog.Level
	if level.UnmarshalText([]byte(text)) != nil {
		return fmt.Errorf("%q is not debug, info, warn or error", text)
	}
	return nil
}

func isFormat(text string) error {
	if text != "text" && text != "json" {
		return fmt.Errorf("%q is not text or json", text)
	}
	return nil
}

func areNetworks(list []string) error {
	for _, text := range list {
		if _, err := netip.ParsePrefix(text); err != nil {
			return fmt.Errorf("%q is not a network such as 10.0.0.0/8", text)
		}
	}
	return nil
}

func areOrigins(list []string) error {
	for _, text := range list {
		u, err := url.Parse(text)
		if text != "*" && (err != nil || u.Host == "" || u.Scheme+"://"+u.Host != text || strings.Contains(text, "*")) {
			return fmt.Errorf("%q is not an origin such as https://example.org", text)
		}
	}
	return nil
}

func isShare(v float64) error {
	if !(v > 0 && v <= 1) {
		return fmt.Errorf("%v is not above 0 and up to 1", v)
	}
	return nil
}

func isRate(v float64) error {
	if !(v >= 0.001 && v <= 1e6) {
		return fmt.Errorf("%v is not from 0.001 to 1000000", v)
	}
	return nil
}
