//go:build !fault

package faultpoint

import (
	"context"
	"net/http"
)

// Pass does nothing.
func Pass(context.Context, string, string, string) {}

// Wrap changes nothing.
func Wrap(h http.Handler) http.Handler { return h }
