package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// balancer sends requests to the processes that say on /readyz that they are ready, in turn.
type balancer struct {
	*httptest.Server

	url   string
	nodes []*node
	up    []atomic.Bool
	turn  atomic.Int64
	done  chan struct{}
}

func newBalancer(nodes ...*node) *balancer {
	b := &balancer{nodes: nodes, up: make([]atomic.Bool, len(nodes)), done: make(chan struct{})}
	for i, n := range nodes {
		b.up[i].Store(true)
		go func() {
			for {
				select {
				case <-b.done:
					return
				case <-time.After(250 * time.Millisecond):
					b.up[i].Store(ready(context.Background(), "http://"+n.address()+"/readyz"))
				}
			}
		}()
	}
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			for range b.nodes {
				i := int(b.turn.Add(1)) % len(b.nodes)
				r.SetURL(&url.URL{Scheme: "http", Host: b.nodes[i].address()})
				if b.up[i].Load() {
					return
				}
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	b.Server = httptest.NewServer(p)
	b.url = b.URL
	return b
}

func (b *balancer) close() { close(b.done); b.Server.Close() }

// load makes customers at a steady rate, each with an Idempotency-Key. What fails is asked again with the same key, as clients should.
type load struct {
	base, token string
	client      *http.Client
	end         context.CancelFunc
	wg          sync.WaitGroup

	mu    sync.Mutex
	names []string
	r     report
	took  []time.Duration
	last  time.Time
}

type report struct {
	answered, failed, again int
	gap, p95                time.Duration
	err                     error
}

func newLoad(ctx context.Context, base string, rate int) (*load, error) {
	l := &load{base: base, client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	var in struct {
		Token string `json:"token"`
	}
	status, body, err := l.send(ctx, http.MethodPost, "/signup", "", map[string]any{
		"company": "Nodes", "name": "N", "email": "n@example.com", "password": "correct horse battery", "token": true, "modules": []string{"crm"},
	})
	if err != nil || status != http.StatusCreated || json.Unmarshal(body, &in) != nil {
		return nil, fmt.Errorf("sign-up: %d %w %s", status, err, body)
	}
	l.token = in.Token
	ctx, l.end = context.WithCancel(ctx)
	l.last = time.Now()
	l.wg.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				l.wg.Go(func() { l.one(context.WithoutCancel(ctx), fmt.Sprintf("customer %06d", n)) })
			}
		}
	})
	return l, nil
}

// one makes one customer, at most for half a minute.
func (l *load) one(ctx context.Context, name string) {
	begin := time.Now()
	for try := 0; time.Since(begin) < 30*time.Second; try++ {
		status, body, err := l.send(ctx, http.MethodPost, "/crm/customers", name, map[string]any{"name": name})
		l.mu.Lock()
		if err == nil && status == http.StatusCreated {
			now := time.Now()
			l.names = append(l.names, name)
			l.r.answered++
			l.r.gap = max(l.r.gap, now.Sub(l.last))
			l.last = now
			l.took = append(l.took, now.Sub(begin))
			if try > 0 {
				l.r.again++
			}
			l.mu.Unlock()
			return
		}
		if try == 0 {
			l.r.failed++
			l.r.err = errors.Join(err, fmt.Errorf("%d %.300s", status, body))
		}
		l.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

func (l *load) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.r, l.took, l.last = report{}, nil, time.Now()
}

func (l *load) report() report {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.took)
	if n := len(l.took); n > 0 {
		l.r.p95 = l.took[n*95/100]
	}
	return l.r
}

func (l *load) stop() { l.end(); l.wg.Wait() }

func (l *load) acknowledged() int { return len(l.names) }

// check looks whether each acknowledged customer is there, once.
func (l *load) check(ctx context.Context) (lost, twice int, err error) {
	there := map[string]int{}
	for cursor := ""; ; {
		status, body, err := l.send(ctx, http.MethodGet, "/crm/customers?limit=200&fields=name&cursor="+url.QueryEscape(cursor), "", nil)
		if err != nil || status != http.StatusOK {
			return 0, 0, fmt.Errorf("list: %d %w %.300s", status, err, body)
		}
		var page struct {
			Data []struct {
				Name string `json:"name"`
			} `json:"data"`
			Next string `json:"next_cursor"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return 0, 0, err
		}
		for _, c := range page.Data {
			there[c.Name]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for _, n := range l.names {
		switch c := there[n]; {
		case c == 0:
			lost++
		case c > 1:
			twice++
		}
	}
	return lost, twice, nil
}

func (l *load) send(ctx context.Context, method, path, key string, in any) (int, []byte, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return 0, nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, l.base+"/api/v1"+path, body)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if l.token != "" {
		req.Header.Set("Authorization", "Bearer "+l.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", "nodes-"+key)
	}
	res, err := l.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}
