// Command later serves Tenon with a clock that the one who started it moves, and a payment service that is only played: browser tests look with it at
// months of use, invoices and payments. It takes -data, -listen and -public-url as `tenon serve` does, and on its input lines such as
// "to 2026-12-05T03:00:00Z" (billing does what is due), "operator ADDRESS" and "paid INVOICE TENANT"; each is answered by a line "ok" or by what is wrong.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/internal/id"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "later:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	ctx, stopped := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stopped()
	var at atomic.Int64 // microseconds
	cfg := app.Config{
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Unsafe: true, Clock: func() time.Time { return time.UnixMicro(at.Load()).UTC() }, Billing: app.Billing{Provider: played{}},
	}
	f := flag.NewFlagSet("later", flag.ContinueOnError)
	f.StringVar(&cfg.Data, "data", "", "data folder")
	f.StringVar(&cfg.Listen, "listen", "127.0.0.1:0", "address")
	f.StringVar(&cfg.PublicURL, "public-url", "", "how browsers reach it")
	if err := f.Parse(args); err != nil {
		return err
	}
	at.Store(time.Date(2026, 11, 10, 2, 0, 0, 0, time.UTC).UnixMicro())
	a, err := app.Open(ctx, cfg)
	if err != nil {
		return err
	}
	_, stop, err := a.Start(ctx)
	if err != nil {
		return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	go obey(ctx, a, in, out, func(to time.Time) { at.Store(to.UnixMicro()) })
	<-ctx.Done()
	ctx = context.WithoutCancel(ctx)
	return errors.Join(stop(ctx), a.Close(ctx))
}

// obey does what it is told, line by line.
func obey(ctx context.Context, a *app.App, in io.Reader, out io.Writer, move func(to time.Time)) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if err := do(ctx, a, strings.Fields(lines.Text()), move); err != nil {
			fmt.Fprintln(out, err)
			continue
		}
		fmt.Fprintln(out, "ok")
	}
}

func do(ctx context.Context, a *app.App, words []string, move func(to time.Time)) error {
	switch {
	case len(words) == 2 && words[0] == "to":
		to, err := time.Parse(time.RFC3339, words[1])
		if err != nil {
			return err
		}
		move(to)
		return a.Billing.Tick(ctx)
	case len(words) == 2 && words[0] == "operator":
		return a.Billing.Appoint(ctx, words[1], true, "test")
	case len(words) == 3 && words[0] == "paid":
		key, err := id.Parse(words[1])
		if err != nil {
			return err
		}
		tenant, err := id.Parse(words[2])
		if err != nil {
			return err
		}
		t, err := a.DB.Tenant(ctx, tenant)
		if err != nil {
			return err
		}
		return a.Billing.Pay(ctx, t, key, billing.ToldPaid)
	}
	return fmt.Errorf("not understood: %s", strings.Join(words, " "))
}
