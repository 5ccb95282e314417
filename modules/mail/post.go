package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Letter is a mail of the platform itself.
type Letter struct {
	To            Recipient
	Sender        string // who it is from, in words
	Subject, Body string
}

// ErrOff is returned where no mail can be sent.
var ErrOff = errors.New("no mail server is set")

// On tells that mail can be sent.
func (c Config) On() bool { return c.Host != "" || c.Folder != "" }

// Post sends one letter. The same key makes the same message id, so that a mail program shows a letter that was sent twice once.
func Post(ctx context.Context, cfg Config, key string, l Letter) error {
	if !cfg.On() {
		return ErrOff
	}
	o := office{cfg: cfg}
	return o.send(ctx, key, []letter{{to: l.To, sender: l.Sender, subject: oneLine(l.Subject), body: l.Body}})
}

// file keeps mails in a folder in place of sending them: for trials and tests. Only the owner of the process may read them.
func (o office) file(letters []letter, key string) error {
	if err := os.MkdirAll(o.cfg.Folder, 0o700); err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	for _, l := range letters {
		m, err := o.compose(l, key)
		if err != nil {
			return fmt.Errorf("a mail can't be addressed: %w", err)
		}
		//nolint:forbidigo // the name of a file
		f, err := os.OpenFile(filepath.Join(o.cfg.Folder, fmt.Sprintf("%d-%s.eml", time.Now().UnixNano(), messageID(key, l.to.Email, "")[:12])), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("mail folder: %w", err)
		}
		_, err = m.WriteTo(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("mail folder: %w", err)
		}
	}
	return nil
}
