package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// healthTimeout is the longest that a health check waits.
const healthTimeout = 3 * time.Second

// checkHealth asks a server whether it is ready. The target is a URL, or an
// address such as --addr takes, or self for that of --addr; without a path, /readyz
// is meant. It is for container health checks, where there is no shell and no
// other client.
func (c config) checkHealth(ctx context.Context, stdout io.Writer) error {
	target := c.health
	if target == "self" {
		target = c.addr
	}
	target, err := healthURL(target)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // and no proxy
	reply, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("unhealthy: %w", err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("unhealthy: %s answers %s", target, reply.Status)
	}
	_, err = fmt.Fprintf(stdout, "healthy: %s\n", target)
	return err
}

func healthURL(target string) (string, error) {
	if strings.Contains(target, "://") {
		u, err := url.Parse(target)
		if err != nil {
			return "", fmt.Errorf("%q is not a URL: %w; %w", target, err, errUsage)
		}
		if u.Path == "" || u.Path == "/" {
			u.Path = "/readyz"
		}
		return u.String(), nil
	}
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return "", fmt.Errorf("%q is neither a URL nor an address such as :8080: %w; %w", target, err, errUsage)
	}
	if port == "0" {
		return "", fmt.Errorf("%q does not tell the port; name the address that the log says; %w", target, errUsage)
	}
	switch ip := net.ParseIP(host); { // localhost would need a file or a name server
	case host == "" || ip.Equal(net.IPv4zero):
		host = "127.0.0.1"
	case ip.Equal(net.IPv6unspecified):
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz", nil
}
