package mail

import (
	"bytes"
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
	_, err := o.deliver(ctx, key, letters)
	return err
}

// deliver is send that tells how many letters were refused for good.
func (o office) deliver(ctx context.Context, key string, letters []letter) (lost int, err error) {
	if o.cfg.Folder != "" {
		return 0, o.file(letters, key)
	}
	var mails []*gomail.Msg
	for _, l := range letters {
		m, err := o.compose(l, key)
		if err != nil {
			o.log().WarnContext(ctx, "a mail can't be addressed", "key", key, "error", withoutAddresses(err, letters))
			lost++
			continue
		}
		mails = append(mails, m)
	}
	if len(mails) == 0 {
		return lost, nil
	}
	client, err := o.cfg.client()
	if err != nil {
		return lost, fmt.Errorf("mail server: %w", err)
	}
	sent := client.DialAndSendWithContext(ctx, mails...)
	if sent == nil {
		return lost, nil
	}
	again := 0
	for _, m := range mails {
		switch {
		case m.HasSendError() && refused(m.SendError()):
			lost++
		case !m.IsDelivered():
			again++
		}
	}
	if lost > 0 {
		o.log().WarnContext(ctx, "the mail server refused mails for good", "key", key, "count", lost)
	}
	if again == 0 {
		return lost, nil
	}
	return lost, fmt.Errorf("%d of %d mails are still to be sent: %s", again, len(mails), withoutAddresses(sent, letters))
}

// refused tells that the server does not take this mail and never will: it answered 500 to 599 to the recipient or the content. An answer to the
// sender is about our configuration, which people can repair.
func refused(err error) bool {
	var e *gomail.SendError
	if !errors.As(err, &e) || e.IsTemp() || e.ErrorCode() < 500 || e.ErrorCode() > 599 {
		return false
	}
	return e.Reason == gomail.ErrSMTPRcptTo || e.Reason == gomail.ErrSMTPData || e.Reason == gomail.ErrSMTPDataClose
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
	if !l.personal {
		m.SetBulk()
		m.SetGenHeader("Auto-Submitted", "auto-generated")
		return m, nil
	}
	for _, to := range l.also {
		if err := m.AddTo(to); err != nil {
			return nil, err
		}
	}
	if l.reply != "" {
		if err := m.ReplyTo(l.reply); err != nil {
			return nil, err
		}
	}
	return m, m.AttachReader(oneLine(l.fileName), bytes.NewReader(l.file), gomail.WithFileContentType("application/pdf"))
}

// messageID is the same each time that the same call writes to the same address.
func messageID(key, to, from string) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strings.ToLower(to)))
	return hex.EncodeToString(sum[:16]) + "@" + domain(from)
}

// withoutAddresses keeps people's addresses out of logs and job tables.
func withoutAddresses(err error, letters []letter) string {
	text := err.Error()
	for _, l := range letters {
		for _, to := range append([]string{l.to.Email}, l.also...) {
			if to != "" {
				text = strings.ReplaceAll(text, to, "…")
			}
		}
	}
	return text
}

func (o office) log() *slog.Logger {
	if o.cfg.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.cfg.Log
}
