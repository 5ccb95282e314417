package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/tenon-hq/tenon/front"
)

// front stands before several installations until it is asked to stop.
func (p *program) front(ctx context.Context, args []string) error {
	s := p.settings("front", p.text("tenon front：多个安装（单元）之前的入口", "tenon front: stand before several installations (cells)"))
	var listen, cells string
	var cfg front.Config
	s.text(&listen, "listen", "TENON_LISTEN", "127.0.0.1:8080", p.text("监听地址", "address to listen on"))
	s.text(&cells, "cells", "TENON_FRONT_CELLS", "", p.text("列出各单元的 JSON 文件", "JSON file that lists the cells"))
	s.text(&cfg.Control, "control", "TENON_FRONT_DATABASE", "", p.text("控制数据库的地址", "address of the control database"))
	s.text(&cfg.Domain, "domain", "TENON_FRONT_DOMAIN", "", p.text("各企业网址的上级域名，如 erp.example.com", "domain below which each company has a host name, as in erp.example.com"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	if cells == "" || cfg.Control == "" {
		return s.wrong(p.text("需要 --cells 与 --control", "--cells and --control are needed"))
	}
	raw, err := os.ReadFile(cells)
	if err == nil {
		err = json.Unmarshal(raw, &cfg.Cells)
	}
	if err != nil {
		return s.wrong("--cells: " + err.Error())
	}
	cfg.Log = s.cfg.Log
	f, err := front.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer f.Close()
	return listenFor(ctx, listen, f, cfg.Log)
}

// listenFor answers with a handler until ctx ends, then finishes what is under way.
func listenFor(ctx context.Context, address string, h http.Handler, log *slog.Logger) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w", address, err)
	}
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	log.InfoContext(ctx, "the front is ready", "address", "http://"+l.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
	defer cancel()
	if err := srv.Shutdown(ending); err != nil { // live streams don't end by themselves
		return srv.Close()
	}
	return nil
}
