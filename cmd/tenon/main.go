// Command tenon is the whole product in one binary: it serves the API and the app, works on jobs, and looks after the installation.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // hosts and images without time zones have them all the same

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
)

// The exit codes.
const (
	good  = 0
	bad   = 1 // it did not work, or a check found something
	usage = 2 // the command line was not understood
)

// command is one thing that tenon can do.
type command struct {
	name string
	text entity.Text
	run  func(ctx context.Context, args []string) error
}

// program is one run of tenon: where it writes and what it finds around it.
type program struct {
	out, err io.Writer
	env      func(name string) string
}

func (p *program) commands() []command {
	return []command{
		{"serve", entity.T("提供 API 与网页", "serve the API and the app"), p.serve},
		{"front", entity.T("多个安装（单元）之前的入口：按企业转发请求", "stand before several installations (cells) and send each request to its company's"), p.front},
		{"demo", entity.T("演示：装载演示企业并启动服务", "load the demo company and serve it"), p.demo},
		{"work", entity.T("只执行后台任务", "only work on jobs"), p.work},
		{"migrate", entity.T("更新所有企业的数据表", "bring all tenants' tables up to date"), p.migrate},
		{"tenant", entity.T("新建、列出、停用、恢复、删除企业", "create, list, suspend, resume and delete tenants"), p.tenant},
		{"operator", entity.T("任命运营人员", "appoint who runs the service"), p.operator},
		{"licence", entity.T("私有部署的许可：显示、安装、签发", "show, install and issue licences of private installs"), p.licence},
		{"backup", entity.T("备份：新建、列出、核对", "back up: create, list, verify"), p.backup},
		{"restore", entity.T("从备份恢复全部企业或一家", "bring all companies or one back from a backup"), p.restore},
		{"upgrade", entity.T("upgrade rehearse：在副本上演练升级", "upgrade rehearse: try the upgrade on copies"), p.upgrade},
		{"import", entity.T("导入其他系统的数据", "load data that came from elsewhere"), p.importData},
		{"audit", entity.T("导出审计链；audit verify 离线核验", "take a company's audit out; audit verify checks it offline"), p.audit},
		{"doctor", entity.T("检查安装状况；doctor verify 核对数据", "look at the installation; doctor verify checks the data"), p.doctor},
		{"ready", entity.T("本机的 Tenon 是否就绪（健康检查用）", "is the Tenon on this machine ready? (for health checks)"), p.ready},
		{"smoke", entity.T("通过 API 检查一个运行中的 Tenon", "check a running Tenon through its API"), p.smoke},
		{"version", entity.T("显示版本", "show the version"), p.version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // asked twice, it ends at once
	p := &program{out: os.Stdout, err: os.Stderr, env: os.Getenv}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// errUsage says that the command line was wrong and that the person was told.
var errUsage = errors.New("usage")

// errFound says that a check found something and has written it down.
var errFound = errors.New("found")

// run does what the command line says and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.help(p.err)
		return usage
	}
	name, rest := args[0], args[1:]
	switch name {
	case "-h", "--help":
		name, rest = "help", nil
	case "-v", "--version":
		name, rest = "version", nil
	}
	if name == "help" {
		if len(rest) == 0 {
			p.help(p.out)
			return good
		}
		name, rest = rest[0], append(rest[1:len(rest):len(rest)], "--help")
	}
	for _, c := range p.commands() {
		if c.name == name {
			return p.code(c.run(ctx, rest))
		}
	}
	p.complain(p.text("没有命令 ", "there is no command ") + name + p.text("；可用命令见 tenon help", "; see tenon help"))
	return usage
}

func (p *program) code(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return good
	case errors.Is(err, errUsage):
		return usage
	case errors.Is(err, errFound):
		return bad
	case errors.Is(err, context.Canceled):
		p.complain(p.text("已中断", "interrupted"))
		return bad
	}
	p.complain(p.explain(err))
	return bad
}

// explain says in people's words what went wrong.
func (p *program) explain(err error) string {
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	out := f.Text.In(p.lang())
	for _, x := range f.Fields {
		out += "\n  " + x.Path + ": " + x.Text.In(p.lang())
	}
	if cause := f.Unwrap(); cause != nil && f.Kind == fault.Internal {
		out += ": " + cause.Error()
	}
	return out
}

func (p *program) help(to io.Writer) {
	fmt.Fprintf(to, "%s\n\n", p.text("用法：tenon 命令 [选项]", "Usage: tenon COMMAND [OPTIONS]"))
	for _, c := range p.commands() {
		fmt.Fprintf(to, "  %-9s %s\n", c.name, c.text.In(p.lang()))
	}
	fmt.Fprintf(to, "\n%s\n", p.text("各命令的选项：tenon help 命令", "The options of a command: tenon help COMMAND"))
}

func (p *program) complain(text string) { fmt.Fprintln(p.err, "tenon: "+text) }

// lang is the language of the terminal.
func (p *program) lang() i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := p.env(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return i18n.ZH
			}
			break
		}
	}
	return i18n.EN
}

func (p *program) text(zh, en string) string { return entity.T(zh, en).In(p.lang()) }
