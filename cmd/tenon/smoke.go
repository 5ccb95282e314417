package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// smoke asks a running Tenon what a first visitor would, and with a login what a user would. It changes nothing.
func (p *program) smoke(ctx context.Context, args []string) error {
	s := p.settings("smoke", p.text("tenon smoke 网址：通过 API 检查一个运行中的 Tenon，不改动数据", "tenon smoke URL: check a running Tenon through its API; changes nothing"))
	email := s.String("email", "", p.text("登录邮箱（可选）", "log in as (optional)"))
	var password string
	s.text(&password, "password", "TENON_PASSWORD", "", p.text("登录密码", "password"))
	if err := s.parse(args, 1); err != nil {
		return err
	}
	if s.Arg(0) == "" {
		return s.wrong(p.text("请给出网址", "name the address"))
	}
	c := &visitor{base: strings.TrimSuffix(s.Arg(0), "/"), client: &http.Client{Timeout: 15 * time.Second}, out: p.out}
	c.ask(ctx, http.MethodGet, "/readyz", nil, http.StatusOK, "ok")
	c.ask(ctx, http.MethodGet, "/", nil, http.StatusOK, "<title>Tenon</title>")
	c.ask(ctx, http.MethodGet, "/api/v1/me", nil, http.StatusUnauthorized, `"reason":`)
	c.ask(ctx, http.MethodPost, "/api/v1/login", map[string]any{"email": "nobody@example.com", "password": "wrong wrong wrong"}, http.StatusUnauthorized, `"reason":`)
	if *email != "" {
		body := c.ask(ctx, http.MethodPost, "/api/v1/login", map[string]any{"email": *email, "password": password, "token": true}, http.StatusOK, `"token":`)
		var in struct {
			Token string `json:"token"`
		}
		_ = json.Unmarshal(body, &in) // an answer without one fails below
		c.token = in.Token
		c.ask(ctx, http.MethodGet, "/api/v1/me", nil, http.StatusOK, `"id":`)
		c.ask(ctx, http.MethodGet, "/api/v1/openapi.json", nil, http.StatusOK, `"openapi":`)
	}
	if c.failed {
		return errFound
	}
	return nil
}

// visitor asks and writes down what it got.
type visitor struct {
	base, token string
	client      *http.Client
	out         io.Writer
	failed      bool
}

func (c *visitor) ask(ctx context.Context, method, path string, in any, status int, holds string) []byte {
	start := time.Now()
	got, body, err := c.send(ctx, method, path, in)
	took := time.Since(start).Round(time.Millisecond)
	switch {
	case err != nil:
		c.failed = true
		fmt.Fprintf(c.out, "FAIL %s %s: %v\n", method, path, err)
	case got != status || !bytes.Contains(body, []byte(holds)):
		c.failed = true
		fmt.Fprintf(c.out, "FAIL %s %s: %d, want %d with %s: %.200s\n", method, path, got, status, holds, body)
	default:
		fmt.Fprintf(c.out, "ok   %s %s %d %s\n", method, path, got, took)
	}
	return body
}

func (c *visitor) send(ctx context.Context, method, path string, in any) (int, []byte, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	return res.StatusCode, body, err
}
