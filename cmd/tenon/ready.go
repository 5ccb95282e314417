package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// ready asks a Tenon on this machine whether it is ready, for health checks where there is no curl.
func (p *program) ready(ctx context.Context, args []string) error {
	s := p.settings("ready", p.text("tenon ready：本机的 Tenon 是否就绪", "tenon ready: is the Tenon on this machine ready?"))
	s.listening(true)
	if err := s.parse(args, 0); err != nil {
		return err
	}
	address := s.cfg.MetricsListen
	if address == "" {
		address = s.cfg.Listen
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return s.wrong(err.Error())
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 3 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	_, err = fmt.Fprintln(p.out, p.text("就绪", "ready"))
	return err
}
