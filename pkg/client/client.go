// Package client asks a digits server what digits images show.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Client talks to one server, also behind a balancer: it keeps cookies in memory,
// unless HTTP has a Jar, so that Feedback reaches the server that predicted. Use
// several to spread over several servers; any number of goroutines may use each.
type Client struct {
	URL     string       // of the server, such as http://localhost:8080
	HTTP    *http.Client // nil means http.DefaultClient; not changed
	Retries int          // of a request that was lost or that the server had no time for
	once    sync.Once
	http    http.Client // HTTP with a Jar, from the first request on
}

// Prediction is what one image shows.
type Prediction struct {
	ID            string      `json:"id"` // for Feedback
	Digit         int         `json:"digit"`
	Confidence    float64     `json:"confidence"`
	Probabilities [10]float64 `json:"probabilities"`
	Accepted      bool        `json:"accepted"`
	Reason        string      `json:"reason"` // why it is not accepted
	Candidates    []int       `json:"candidates"`
	Image         Image       `json:"image"`
	Problem       *Problem    `json:"problem"` // of PredictAll: why there is no prediction
}

// Image is what was done with an image before it was read.
type Image struct {
	Format        string   `json:"format"`
	Width, Height int      // pixels
	Steps, Flags  []string // as openapi.yaml names them
}

// Problem is the error of a request that the server did not answer (RFC 9457).
type Problem struct {
	Type   string `json:"type"` // such as urn:digits:problem:no-ink
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	ID     string `json:"id"` // to ask the server's operators about
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s (%s, request %s)", p.Status, p.Title, p.Detail, p.Type, p.ID)
}

// Predict reads the digit in an encoded image. The error is the context's, the network's, or a *Problem.
func (c *Client) Predict(ctx context.Context, image []byte) (p Prediction, err error) {
	err = c.post(ctx, "/predict", "application/octet-stream", image, &p)
	return p, err
}

// PredictAll reads several images, in order. What is wrong with one of them is
// its Problem; the error is as Predict's.
func (c *Client) PredictAll(ctx context.Context, images ...[]byte) ([]Prediction, error) {
	body, _ := json.Marshal(map[string][][]byte{"images": images}) // cannot fail
	var reply struct{ Predictions []Prediction }
	err := c.post(ctx, "/predict", "application/json", body, &reply)
	return reply.Predictions, err
}

// Feedback tells the server which digit the image of a prediction showed.
func (c *Client) Feedback(ctx context.Context, id string, label int) error {
	body, _ := json.Marshal(map[string]any{"id": id, "label": label}) // cannot fail
	return c.post(ctx, "/feedback", "application/json", body, nil)
}

// post sends a request until it is answered, cannot be, or has been tried often
// enough, and decodes the reply.
func (c *Client) post(ctx context.Context, path, contentType string, body []byte, reply any) error {
	for try := 0; ; try++ {
		wait, err := c.send(ctx, path, contentType, body, reply)
		if err == nil || wait < 0 || try >= c.Retries || ctx.Err() != nil {
			return err
		}
		backoff := 100 * time.Millisecond << min(try, 6)
		wait = max(wait, backoff) + rand.N(backoff) // or all would come again at once
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// send makes one try. wait is how long to wait before another, and negative when
// that would end as this did.
func (c *Client) send(ctx context.Context, path, contentType string, body []byte, reply any) (wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	request.Header.Set("Content-Type", contentType)
	c.once.Do(func() {
		c.http = *cmp.Or(c.HTTP, http.DefaultClient)
		if c.http.Jar == nil {
			c.http.Jar, _ = cookiejar.New(nil) // cannot fail
		}
	})
	response, err := c.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	switch {
	case err != nil:
		return 0, err
	case response.StatusCode == http.StatusNoContent:
		return 0, nil
	case response.StatusCode == http.StatusOK:
		return -1, json.Unmarshal(text, reply)
	}
	problem := &Problem{Status: response.StatusCode, Title: http.StatusText(response.StatusCode)}
	_ = json.Unmarshal(text, problem) // a proxy's reply is no JSON
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return retryAfter(response.Header.Get("Retry-After")), problem
	}
	return -1, problem
}

// retryAfter reads the header's seconds or date; without one it is 0.
func retryAfter(header string) time.Duration {
	at, _ := http.ParseTime(header)
	if seconds, err := strconv.Atoi(header); err == nil {
		at = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	return max(time.Until(at), 0)
}
