package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/tenon-hq/tenon/cmd/app"
)

// serve answers requests and, unless told otherwise, works on jobs, until it is asked to stop.
func (p *program) serve(ctx context.Context, args []string) error {
	s := p.settings("serve", p.text("tenon serve：提供 API 与网页，并执行后台任务", "tenon serve: serve the API and the app, and work on jobs"))
	s.listening(true)
	s.BoolVar(&s.cfg.Workers, "jobs", true, p.text("同时执行后台任务", "work on jobs too"))
	s.vars["jobs"] = "TENON_JOBS"
	if err := s.parse(args, 0); err != nil {
		return err
	}
	app.Tune()
	return p.with(ctx, app.Open, s.cfg, func(a *app.App) error { return a.Serve(ctx) })
}

// work only works on jobs, beside others that serve.
func (p *program) work(ctx context.Context, args []string) error {
	s := p.settings("work", p.text("tenon work：只执行后台任务", "tenon work: only work on jobs"))
	s.listening(false)
	if err := s.parse(args, 0); err != nil {
		return err
	}
	app.Tune()
	return p.with(ctx, app.OpenBeside, s.cfg, func(a *app.App) error { return a.Work(ctx) })
}

// version says what this binary was built from.
func (p *program) version(_ context.Context, args []string) error {
	s := p.settings("version", p.text("tenon version：显示版本", "tenon version: show the version"))
	if err := s.parse(args, 0); err != nil {
		return err
	}
	version, commit := app.Version()
	if commit != "" {
		commit = " " + commit
	}
	_, err := fmt.Fprintf(p.out, "tenon %s%s %s %s/%s\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
