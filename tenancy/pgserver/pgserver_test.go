package pgserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdDir makes the test binary a Tenon that starts the server on this folder and waits to be killed.
const holdDir = "PGSERVER_TEST_HOLD"

func TestMain(m *testing.M) {
	dir := os.Getenv(holdDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Config{Dir: dir, Unsafe: true})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("pid", s.pid)
	time.Sleep(time.Minute)
}

// folderFor is a data folder that the server's account can reach, unlike t.TempDir.
func folderFor(t *testing.T) string {
	t.Helper()
	top, err := os.MkdirTemp("/tmp", "pgserver-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(top, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	return filepath.Join(top, "data")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{Dir: dir, Unsafe: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// ask runs statements and returns the first column of the last one.
func ask(t *testing.T, s *Server, statements ...string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	last := len(statements) - 1
	for _, sql := range statements[:last] {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	var answer string
	if err := conn.QueryRow(t.Context(), statements[last]).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", statements[last], err)
	}
	return answer
}

func TestNewFolderThenAgain(t *testing.T) {
	dir := folderFor(t)
	s := start(t, dir)
	if s.Adopted() {
		t.Error("a new server counts as adopted")
	}
	for setting, want := range map[string]string{
		"server_encoding": "UTF8", "max_locks_per_transaction": "512", "max_connections": "200", "jit": "off", "random_page_cost": "1.1",
		"listen_addresses": host, "unix_socket_directories": "", "fsync": "off", "data_checksums": "on", "TimeZone": "UTC",
	} {
		if got := ask(t, s, "select current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, not %q", setting, got, want)
		}
	}
	if got := ask(t, s, "create table kept (word text)", "insert into kept values ('Ärger 订单')", "select lower(word) from kept"); got != "ärger 订单" {
		t.Errorf("lower gives %q", got)
	}
	ask(t, s, "alter system set work_mem = '9MB'", "select ''")
	if err := os.WriteFile(filepath.Join(dir, "local.conf"), []byte("max_connections = 201\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	stop(t, s) // twice is fine
	select {
	case <-s.Done():
	case <-time.After(time.Second):
		t.Error("Done is not closed after Stop")
	}

	began := time.Now()
	again := start(t, dir)
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the second start took %v", took)
	} else {
		t.Log("second start:", took)
	}
	if again.Port() != s.Port() {
		t.Errorf("the port went from %d to %d", s.Port(), again.Port())
	}
	if got := ask(t, again, "select current_setting('work_mem') || current_setting('max_connections')"); got != "9MB201" {
		t.Errorf("own settings are %s", got)
	}
	if got := ask(t, again, "select word from kept"); got != "Ärger 订单" {
		t.Errorf("kept %q", got)
	}
}

func TestWrongPasswordAndModes(t *testing.T) {
	dir := folderFor(t)
	s := start(t, dir)
	conn, err := pgx.Connect(t.Context(), strings.Replace(s.URL("postgres"), s.password, "guess", 1))
	if err == nil {
		_ = conn.Close(t.Context())
		t.Error("a guessed password is let in")
	}
	info, err := os.Stat(filepath.Join(dir, passwordFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v, %v", info.Mode(), err)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(poll) { // the log lags behind
		text := s.folder.tail(time.Now().Add(-time.Minute))
		if strings.Contains(text, "password authentication failed") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("logs %v end with %s", s.folder.logs(), text)
		}
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	dir := folderFor(t)
	start(t, dir)
	_, err := Start(t.Context(), Config{Dir: dir, Unsafe: true})
	var busy *BusyError
	if !errors.As(err, &busy) || busy.PID != os.Getpid() {
		t.Errorf("a second Start gives %v", err)
	}
}

// hold starts the server in another process, kills that process and returns the server's pid.
func hold(t *testing.T, dir string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	word, number, _ := strings.Cut(strings.TrimSpace(line), " ")
	pid, _ := strconv.Atoi(number)
	if err != nil || word != "pid" || pid == 0 {
		t.Fatalf("the other Tenon says %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return pid
}

func TestAdoptAfterKill(t *testing.T) {
	dir := folderFor(t)
	pid := hold(t, dir)
	s := start(t, dir)
	if !s.Adopted() || s.pid != pid {
		t.Errorf("adopted %v, pid %d, not %d", s.Adopted(), s.pid, pid)
	}
	if got := ask(t, s, "select 'here'"); got != "here" {
		t.Error(got)
	}
	stop(t, s)
	if alive(pid) {
		t.Error("an adopted server survives Stop")
	}
	if s := start(t, dir); s.Adopted() {
		t.Error("a stopped server was adopted")
	}
}

func TestDeathIsTold(t *testing.T) {
	s := start(t, folderFor(t))
	if err := signalImmediate(s.pid); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(5 * time.Second):
		t.Error("Done is not closed after the server's death")
	}
}
