// Package front answers one question: in which cell is it? A cell is an installation of Tenon with a database of its own. The front stands before several
// of them, keeps the map from companies to cells in a control database, and sends each request on to the cell whose company it is about.
package front

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/tenancy"
)

// Cell is one installation.
type Cell struct {
	Name     string `json:"name"`     // small letters, digits, hyphens
	URL      string `json:"url"`      // how the front reaches its API processes
	Database string `json:"database"` // address of a login that may read its schema tenon
	Closed   bool   `json:"closed"`   // takes no new companies
}

// Config says what stands behind a front.
type Config struct {
	Control string // address of the control database
	Cells   []Cell
	Domain  string       // a company is at ADDRESS.Domain; empty: people are known by what they send
	Log     *slog.Logger // nil is silent
	Every   time.Duration
}

// cell is a Cell that can be spoken to.
type cell struct {
	Cell

	url    *url.URL
	roster *tenancy.Roster
	proxy  *httputil.ReverseProxy
}

// Front sends requests to cells. It is a handler; several of them may stand beside each other.
type Front struct {
	cfg   Config
	cells []*cell
	chart *chart
	known *known
	next  http.RoundTripper

	stop   context.CancelFunc
	ending sync.WaitGroup
}

var cellName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Open prepares the control database, reads which companies the cells have, and goes on reading now and then. A cell that does not answer is read later.
func Open(ctx context.Context, cfg Config) (*Front, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Every == 0 {
		cfg.Every = 5 * time.Second
	}
	f := &Front{cfg: cfg, known: newKnown(), next: &http.Transport{
		MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second, ResponseHeaderTimeout: 5 * time.Minute, ForceAttemptHTTP2: true,
	}}
	if err := f.open(ctx); err != nil {
		f.Close()
		return nil, err
	}
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	f.stop = stop
	f.read(ctx)
	f.ending.Go(func() {
		for {
			select {
			case <-reading.Done():
				return
			case <-time.After(cfg.Every):
				f.read(reading)
			}
		}
	})
	return f, nil
}

func (f *Front) open(ctx context.Context) (err error) {
	if len(f.cfg.Cells) == 0 {
		return errors.New("front: there is no cell")
	}
	names := map[string]bool{}
	for _, c := range f.cfg.Cells {
		at, err := url.Parse(c.URL)
		if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
			return fmt.Errorf("front: the cell %q needs an url like http://10.0.0.1:8080", c.Name)
		}
		if !cellName.MatchString(c.Name) || names[c.Name] {
			return fmt.Errorf("front: %q can't name a cell, or does so twice: small letters, digits and hyphens", c.Name)
		}
		names[c.Name] = true
		x := &cell{Cell: c, url: at}
		if x.roster, err = tenancy.OpenRoster(ctx, c.Database); err != nil {
			return fmt.Errorf("front: the cell %s: %w", c.Name, err)
		}
		x.proxy = f.proxy(x)
		f.cells = append(f.cells, x)
	}
	f.chart, err = openChart(ctx, f.cfg.Control)
	return err
}

// Close ends reading and the connections.
func (f *Front) Close() {
	if f.stop != nil {
		f.stop()
	}
	f.ending.Wait()
	for _, c := range f.cells {
		c.roster.Close()
	}
	if f.chart != nil {
		f.chart.close()
	}
}

// read brings the map up to what the cells have.
func (f *Front) read(ctx context.Context) {
	var all sync.WaitGroup
	for _, c := range f.cells {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			list, err := c.roster.Companies(ctx)
			if err == nil {
				err = f.chart.note(ctx, c.Name, list)
			}
			if err != nil && ctx.Err() != context.Canceled { //nolint:errorlint // ctx.Err returns it bare
				f.cfg.Log.WarnContext(ctx, "a cell's companies could not be read", "cell", c.Name, "error", err)
			}
		})
	}
	all.Wait()
}

func (f *Front) named(name string) *cell {
	for _, c := range f.cells {
		if c.Name == name {
			return c
		}
	}
	return nil
}
