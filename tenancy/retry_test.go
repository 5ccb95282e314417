package tenancy

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
)

// TestSlowConnect: a server that is too busy to answer within connect_timeout is one that can't be reached right now, and is asked again. It used to be
// an unknown error.
func TestSlowConnect(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	cfg, err := pgx.ParseConfig("postgres://x@" + silent.Addr().String() + "/x?sslmode=disable&connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = pgx.ConnectConfig(t.Context(), cfg)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("connected: %v", err)
	}
	if _, again := retry(err, 1); !again {
		t.Errorf("not tried again: %v", err)
	}
	if f := fault.As(final(err)); f == nil || f.Kind != fault.Unavailable {
		t.Errorf("%v", final(err))
	}

	reads := 0
	if got := patient(t.Context(), func() error {
		if reads++; reads < 3 {
			return err
		}
		return nil
	}); got != nil || reads != 3 {
		t.Errorf("%d reads: %v", reads, got)
	}
	for _, other := range []error{context.DeadlineExceeded, context.Canceled, errors.New("x")} {
		if _, again := retry(other, 1); again {
			t.Errorf("%v is tried again", other)
		}
	}
}
