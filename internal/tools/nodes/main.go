// Command nodes proves what several processes on one database promise: it starts PostgreSQL with a synchronous standby, two API processes and a worker,
// sends requests at a steady rate through a balancer, restarts the processes one after the other, kills one, then loses PostgreSQL's primary, and counts.
//
//	go run ./internal/tools/nodes -tenon bin/tenon -rate 200
//
// It needs PostgreSQL's server programs; as root it runs them as the user postgres. Exit code 1: a promise was broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	var c config
	flag.StringVar(&c.tenon, "tenon", "bin/tenon", "the program")
	flag.StringVar(&c.pgbin, "pg", "/usr/lib/postgresql/15/bin", "folder of PostgreSQL's programs")
	flag.IntVar(&c.rate, "rate", 200, "requests per second")
	flag.IntVar(&c.port, "port", 47100, "first of ten ports")
	flag.BoolVar(&c.keep, "keep", false, "leave the folder with the processes' logs")
	flag.DurationVar(&c.phase, "phase", 10*time.Second, "how long each phase lasts at least")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, c)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type config struct {
	tenon, pgbin string
	rate, port   int
	phase        time.Duration
	keep         bool
}

func run(ctx context.Context, c config) (err error) {
	dir, err := os.MkdirTemp("", "tenon-nodes-")
	if err != nil {
		return err
	}
	defer func() {
		if c.keep {
			fmt.Println("logs:", dir)
		} else {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	pg := &postgres{bin: c.pgbin, dir: dir, port: c.port}
	defer pg.stop()
	if err := pg.start(ctx); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	url := pg.url()
	nodes := []*node{
		{name: "api-1", bin: c.tenon, data: dir + "/data", url: url, port: c.port + 2, args: []string{"serve", "--jobs=false", "--drain=3s"}},
		{name: "api-2", bin: c.tenon, data: dir + "/data", url: url, port: c.port + 4, args: []string{"serve", "--jobs=false", "--drain=3s"}},
		{name: "work", bin: c.tenon, data: dir + "/data", url: url, port: c.port + 6, args: []string{"work"}},
	}
	defer func() {
		for _, n := range nodes {
			n.end()
		}
	}()
	for _, n := range nodes {
		took, err := n.start(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		fmt.Printf("%s is ready after %.2f s, %d MB\n", n.name, took.Seconds(), n.megabytes())
	}
	b := newBalancer(nodes[0], nodes[1])
	defer b.close()
	l, err := newLoad(ctx, b.url, c.rate)
	if err != nil {
		return err
	}
	var broken []error
	phase := func(name string, mayFail bool, do func() error) {
		l.begin()
		err := do()
		wait(ctx, c.phase)
		r := l.report()
		fmt.Printf("%-28s %6d answered, %d failed, %d asked again, longest gap %.2f s, p95 %d ms\n", name, r.answered, r.failed, r.again, r.gap.Seconds(), r.p95.Milliseconds())
		if err != nil || r.failed > 0 && !mayFail {
			broken = append(broken, fmt.Errorf("%s: %d requests failed: %w", name, r.failed, errors.Join(err, r.err)))
		}
	}
	phase("steady", false, func() error { return nil })
	phase("rolling restart", false, func() error { return rolling(ctx, nodes) })
	phase("an API process killed", true, func() error { return killed(ctx, nodes[0]) })
	phase("PostgreSQL's primary lost", true, func() error { return pg.failOver(ctx) })
	l.stop()
	lost, twice, err := l.check(ctx)
	fmt.Printf("acknowledged %d, lost %d, there twice %d\n", l.acknowledged(), lost, twice)
	if lost+twice > 0 {
		broken = append(broken, errors.New("acknowledged requests were lost or done twice"))
	}
	return errors.Join(append(broken, err)...)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// rolling restarts the processes one after the other, as an orchestrator does.
func rolling(ctx context.Context, nodes []*node) error {
	for _, n := range nodes {
		if err := n.leave(); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		if _, err := n.start(ctx); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		wait(ctx, time.Second)
	}
	return nil
}

// killed ends a process at once and starts it again a while later.
func killed(ctx context.Context, n *node) error {
	n.end()
	wait(ctx, 3*time.Second)
	_, err := n.start(ctx)
	return err
}
