package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// point is what was measured in an interval.
type point struct {
	at            time.Duration   // its end, since the begin
	latencies     []time.Duration // of the requests that were to be sent in it and were answered, sorted
	refused       int             // with 503
	failed        int             // otherwise
	cause         error           // of the first that failed
	memory        float64         // bytes, of the largest server
	goroutines    float64         // of the server that has most
	processorTime float64         // seconds since the servers' start, of all together
}

// quantile returns the latency that a share of the requests did not exceed; 0
// without requests.
func (p point) quantile(share float64) time.Duration {
	if len(p.latencies) == 0 {
		return 0
	}
	return p.latencies[min(int(share*float64(len(p.latencies))), len(p.latencies)-1)]
}

// load sends requests when they are due, however long the earlier ones take:
// the latency of each counts from that time, so that a stall is seen in all that
// it held up. It returns when the context ends, or the time is over, with the
// last requests answered.
func load(ctx context.Context, c config, url string, admins []string, image []byte) ([]point, error) {
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	defer client.CloseIdleConnections()
	points := make([]point, int(c.duration/c.interval))
	var mutex sync.Mutex
	var requests sync.WaitGroup
	begin := time.Now()
	sent := 0
	for i := range points {
		end := time.Duration(i+1) * c.interval
		for ; ; sent++ {
			due := time.Duration(float64(sent) / c.rate * float64(time.Second))
			if due >= end {
				break
			}
			select {
			case <-ctx.Done():
				requests.Wait()
				return sorted(points[:i]), nil
			case <-time.After(due - time.Since(begin)):
			}
			requests.Go(func() {
				err := ask(client, url, image)
				latency := time.Since(begin) - due
				mutex.Lock()
				defer mutex.Unlock()
				switch {
				case err == nil:
					points[i].latencies = append(points[i].latencies, latency)
				case errors.Is(err, errRefused):
					points[i].refused++
				default:
					points[i].failed++
					points[i].cause = cmp.Or(points[i].cause, err)
				}
			})
		}
		points[i].at = end
		if err := points[i].scrape(admins); err != nil {
			requests.Wait()
			return nil, err
		}
	}
	requests.Wait()
	return sorted(points), nil
}

func sorted(points []point) []point {
	for _, p := range points {
		p.sort()
	}
	return points
}

func (p point) sort() { slices.Sort(p.latencies) }

// errRefused is an answer of 503.
var errRefused = errors.New("the server refuses")

func ask(client *http.Client, url string, image []byte) error {
	reply, err := client.Post(url+"/predict", "", bytes.NewReader(image))
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	_, err = io.Copy(io.Discard, reply.Body)
	switch {
	case err != nil:
		return err
	case reply.StatusCode == http.StatusServiceUnavailable:
		return errRefused
	case reply.StatusCode != http.StatusOK:
		return fmt.Errorf("the answer is %s", reply.Status)
	}
	return nil
}

// scrape reads the servers' own figures.
func (p *point) scrape(admins []string) error {
	for _, admin := range admins {
		reply, err := http.Get(admin + "/metrics")
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(reply.Body)
		for lines.Scan() {
			name, text, _ := strings.Cut(lines.Text(), " ")
			v, _ := strconv.ParseFloat(text, 64) // of comments it is not asked
			switch name {
			case "process_resident_memory_bytes":
				p.memory = max(p.memory, v)
			case "go_goroutines":
				p.goroutines = max(p.goroutines, v)
			case "process_cpu_seconds_total":
				p.processorTime += v
			}
		}
		reply.Body.Close()
		if err := lines.Err(); err != nil {
			return err
		}
	}
	return nil
}
