package app_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

func TestZZDates(t *testing.T) {
	for _, day := range strings.Fields(os.Getenv("ZZ_DATES")) {
		now, _ := time.Parse(time.RFC3339, day)
		t0 := time.Now()
		a, err := app.OpenDemo(t.Context(), app.Config{DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", Clock: func() time.Time { return now },
			Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}, func(entity.Text) {})
		fmt.Println(day, time.Since(t0), err)
		if err == nil {
			a.Close(t.Context())
		}
	}
}

var _ = clock.System
var _ json.Number
var _ = http.StatusOK
var _ = httptest.NewServer
var _ = web.Handler
