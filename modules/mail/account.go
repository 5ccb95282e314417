package mail

import (
	"context"

	"github.com/tenon-hq/tenon/internal/i18n"
)

// Write sends what the service itself has to tell about a company's account, to each in their language. key stays the same over retries.
func Write(ctx context.Context, cfg Config, key string, to []Recipient, company string, subject, body i18n.Text) error {
	letters := make([]letter, len(to))
	for i, r := range to {
		text := greeting(r) + body.In(r.Locale) + "\n\n"
		if cfg.AppURL != "" {
			text += cfg.AppURL + "/billing\n\n"
		}
		letters[i] = letter{to: r, sender: "Tenon", subject: oneLine(subject.In(r.Locale)), body: text + "-- \nTenon · " + company + "\n"}
	}
	return office{cfg: cfg}.send(ctx, key, letters)
}
