package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// node is one process of Tenon.
type node struct {
	name, bin, data, url string
	port                 int
	args                 []string
	cmd                  *exec.Cmd
	done                 chan error
}

func (n *node) address() string { return fmt.Sprintf("127.0.0.1:%d", n.port) }

// start starts the process and waits until it is ready.
func (n *node) start(ctx context.Context) (time.Duration, error) {
	args := append(append([]string{}, n.args...), "--data", n.data, "--metrics-listen", fmt.Sprintf("127.0.0.1:%d", n.port+1))
	if n.args[0] == "serve" {
		args = append(args, "--listen", n.address())
	}
	n.cmd = exec.Command(n.bin, args...) //nolint:noctx // it outlives the start
	n.cmd.Env = append(os.Environ(), "DATABASE_URL="+n.url)
	log, err := os.OpenFile(filepath.Join(filepath.Dir(n.data), n.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n.cmd.Stdout, n.cmd.Stderr = log, log
	begin := time.Now()
	if err := n.cmd.Start(); err != nil {
		return 0, err
	}
	n.done = make(chan error, 1)
	go func() { n.done <- n.cmd.Wait(); _ = log.Close() }()
	for time.Since(begin) < 2*time.Minute && ctx.Err() == nil {
		if ready(ctx, fmt.Sprintf("http://127.0.0.1:%d/readyz", n.port+1)) {
			return time.Since(begin), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	raw, _ := os.ReadFile(log.Name())
	return 0, fmt.Errorf("not ready: %s", raw)
}

func ready(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// leave asks the process to stop and waits for it.
func (n *node) leave() error {
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-n.done:
		n.cmd = nil
		return err
	case <-time.After(time.Minute):
		return errors.New("it does not stop")
	}
}

// end kills the process.
func (n *node) end() {
	if n.cmd != nil {
		_ = n.cmd.Process.Kill()
		<-n.done
		n.cmd = nil
	}
}

// megabytes is the memory that the process holds.
func (n *node) megabytes() int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kB / 1024
		}
	}
	return 0
}

// postgres is a primary and its synchronous standby.
type postgres struct {
	bin, dir string
	port     int
}

func (p *postgres) url() string {
	return fmt.Sprintf("postgres://tenon:tenon@127.0.0.1:%d,127.0.0.1:%d/tenon?target_session_attrs=read-write&sslmode=disable&connect_timeout=2", p.port, p.port+1)
}

// sh runs a line as the user that PostgreSQL accepts.
func (p *postgres) sh(ctx context.Context, line string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	if os.Getuid() == 0 {
		cmd = exec.CommandContext(ctx, "su", "postgres", "-s", "/bin/sh", "-c", line)
	}
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", line, err, out)
	}
	return nil
}

func (p *postgres) start(ctx context.Context) error {
	if err := os.Chmod(p.dir, 0o777); err != nil { //nolint:gosec // a folder of its own, for the server's user
		return err
	}
	for _, line := range []string{
		fmt.Sprintf("%s/initdb -D %s/one -A trust -E UTF8 --no-locale -U postgres >/dev/null", p.bin, p.dir),
		fmt.Sprintf(`cat >>%[2]s/one/postgresql.conf <<END
port=%[1]d
listen_addresses='127.0.0.1'
unix_socket_directories='%[2]s'
max_locks_per_transaction=256
max_connections=200
END`, p.port, p.dir),
		fmt.Sprintf("%s/pg_ctl -D %s/one -l %s/one.log -w start", p.bin, p.dir, p.dir),
		fmt.Sprintf("%s/psql -h 127.0.0.1 -p %d -U postgres -qc \"create role tenon superuser login password 'tenon'\" -c 'create database tenon owner tenon'", p.bin, p.port),
		fmt.Sprintf("%s/pg_basebackup -h 127.0.0.1 -p %d -U postgres -D %s/two -R -X stream", p.bin, p.port, p.dir),
		fmt.Sprintf("printf 'port=%d\\n' >>%s/two/postgresql.conf; sed -i \"s/user=postgres/application_name=two user=postgres/\" %s/two/postgresql.auto.conf", p.port+1, p.dir, p.dir),
		fmt.Sprintf("%s/pg_ctl -D %s/two -l %s/two.log -w start", p.bin, p.dir, p.dir),
		fmt.Sprintf("%s/psql -h 127.0.0.1 -p %d -U postgres -qc \"alter system set synchronous_standby_names = 'two'\" -c 'select pg_reload_conf()'", p.bin, p.port),
	} {
		if err := p.sh(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

// failOver loses the primary as a power cut does and promotes the standby.
func (p *postgres) failOver(ctx context.Context) error {
	return errors.Join(
		p.sh(ctx, fmt.Sprintf("%s/pg_ctl -D %s/one -m immediate stop", p.bin, p.dir)),
		p.sh(ctx, fmt.Sprintf("%s/pg_ctl -D %s/two promote", p.bin, p.dir)),
	)
}

func (p *postgres) stop() {
	for _, which := range []string{"one", "two"} {
		_ = p.sh(context.Background(), fmt.Sprintf("%s/pg_ctl -D %s/%s -m immediate stop", p.bin, p.dir, which)) // one is gone already
	}
}
