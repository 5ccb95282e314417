package app

import "github.com/tenon-hq/tenon/internal/trace"

// Traces says where the spans of requests, statements and jobs are sent.
type Traces struct {
	Endpoint string // of a collector that speaks OTLP over HTTP: http://host:4318; empty: nothing is sent
	Headers  string // name=value,name=value
	Ratio    float64
}

func (a *App) traces() error {
	t := a.Config.Traces
	if t.Endpoint == "" {
		return nil
	}
	version, _ := Version()
	stop, err := trace.Export(t.Endpoint, t.Headers, "tenon", version, t.Ratio)
	if err == nil {
		a.closers = append(a.closers, stop)
	}
	return err
}
