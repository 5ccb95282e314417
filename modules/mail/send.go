package mail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// send hands letters to the mail server over one connection. A letter that the server refuses for good is noted in the log and forgotten; anything
// else is an error, so that the job comes again. A letter that was accepted before keeps its message id then, by which mail programs tell that they
// have it already.
func (o office) send(ctx context.Context, key string, letters []letter) error {
	var mails []*gomail.Msg
	for _, l := range letters {
		m, err := o.compose(l, key)
		if err != nil {
			o.log().WarnContext(ctx, "a mail can't be addressed", "key", key, "error", withoutAddress(err, l))
			continue
		}
		mails = append(mails, m)
	}
	if len(mails) == 0 {
		return nil
	}
	client, err := o.cfg.client()
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	sent := client.DialAndSendWithContext(ctx, mails...)
	if sent == nil {
		return nil
	}
	var again []error
	lost := 0
	for _, m := range mails {
		switch {
		case m.HasSendError() && refused(m.SendError()):
			lost++
		case !m.IsDelivered():
			again = append(again, errors.New("a mail was not accepted"))
		}
	}
	if lost > 0 {
		o.log().WarnContext(ctx, "the mail server refused mails for good", "key", key, "count", lost)
	}
	if len(again) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d mails are still to be sent: %w", len(again), len(mails), sent)
}

// refused tells that the server said no and will again: a reply of 500 to 599.
func refused(err error) bool {
	var e *gomail.SendError
	return errors.As(err, &e) && !e.IsTemp() && e.ErrorCode() >= 500 && e.ErrorCode() < 600
}

func (o office) compose(l letter, key string) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := m.FromFormat(oneLine(l.sender), o.cfg.From); err != nil {
		return nil, err
	}
	if err := m.AddToFormat(oneLine(l.to.Name), l.to.Email); err != nil {
		return nil, err
	}
	m.Subject(l.subject)
	m.SetBodyString(gomail.TypeTextPlain, l.body)
	m.SetMessageIDWithValue(messageID(key, l.to.Email, o.cfg.From))
	m.SetBulk()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	return m, nil
}

// messageID is the same each time that the same call writes to the same address.
func messageID(key, to, from string) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strings.ToLower(to)))
	return hex.EncodeToString(sum[:16]) + "@" + domain(from)
}

// withoutAddress keeps a person's address out of the log.
func withoutAddress(err error, l letter) string {
	return strings.ReplaceAll(err.Error(), l.to.Email, "…")
}

func (o office) log() *slog.Logger {
	if o.cfg.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.cfg.Log
}
