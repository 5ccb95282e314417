package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/fault"
)

// tries is how often a unit of work runs at most.
const tries = 8

// retry tells whether a unit of work that failed before its commit may run again, and after which pause.
func retry(err error, try int) (pause time.Duration, again bool) {
	if try >= tries || errors.Is(err, errUnknown) {
		return 0, false
	}
	pause = 4 * time.Millisecond << try // up to half a second
	switch {
	case collided(err):
	case lost(err):
		pause *= 4 // a server that restarts takes seconds
	default:
		return 0, false
	}
	return pause/2 + rand.N(pause), true //nolint:gosec // only to keep two apart
}

// errAgain marks what Again wraps.
var errAgain = errors.New("tenancy: others were in the way")

// Again says that err came from work that others did meanwhile, so that the unit of work should run once more from the start. Its last try returns err.
func Again(err error) error { return errors.Join(errAgain, err) }

// collided tells that two transactions were in each other's way, or that a table changed under a prepared statement.
func collided(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, errAgain) || errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "26000" ||
		pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan"))
}

// lost tells that the connection broke or could not be made.
func lost(err error) bool {
	connect, ok := errors.AsType[*pgconn.ConnectError](err)
	if ok && errors.Is(connect, context.DeadlineExceeded) {
		return true // connect_timeout, as on a host that is too busy to answer; when it was the caller's own deadline there is no time for another try
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(pg.Code, "08") && pg.Code != "08P01" || strings.HasPrefix(pg.Code, "57P") || pg.Code == "53300"
	}
	var network *net.OpError
	return errors.Is(err, errCut) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) ||
		errors.As(err, &network) || ok || strings.Contains(err.Error(), "conn closed")
}

var errUnknown = errors.New("tenancy: the connection was lost during the commit")

// commitError tells a refused commit, whose outcome is known, from a lost one.
func commitError(err error) error {
	var pg *pgconn.PgError
	if errors.Is(err, errRolledBack) || errors.Is(err, errCut) || errors.As(err, &pg) && pg.Severity != "FATAL" && pg.Severity != "PANIC" {
		return err
	}
	return errors.Join(errUnknown, err)
}

// final turns what only the database could cause into faults; all else passes.
func final(err error) error {
	switch {
	case err == nil || fault.As(err) != nil && !lost(err):
		return err
	case errors.Is(err, errUnknown):
		return fault.New(fault.Unavailable, "commit.unknown", "保存时连接中断，结果未知，请刷新后查看",
			"The connection broke while saving; look whether it was saved").Because(err)
	case errors.Is(err, errRolledBack):
		return fault.New(fault.Internal, "commit.failed", "内部错误：语句失败后仍提交", "A failed statement was ignored, so nothing was saved").Because(err)
	case lost(err):
		return fault.New(fault.Unavailable, "database.unavailable", "数据库暂时不可用", "The database can't be reached right now").Because(err)
	case collided(err):
		return fault.New(fault.Unavailable, "database.contended", "并发冲突，请稍后重试", "Too many changes at the same time; try again shortly").Because(err)
	}
	return err
}

// patient runs what only reads, and runs it again when the connection was lost, as Do does.
func patient(ctx context.Context, read func() error) error {
	for try := 1; ; try++ {
		err := read()
		if err == nil {
			return nil
		}
		pause, again := retry(err, try)
		if !again || sleep(ctx, pause) != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
