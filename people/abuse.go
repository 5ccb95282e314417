package people

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the range APIs of leaked passwords are asked by it
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/bits"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
)

// throwAway are mail domains whose boxes anybody opens for ten minutes (the npm package disposable-email-domains 1.0.62, MIT licence).
//
//go:embed disposable.txt.gz
var throwAway []byte

var disposable = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	z, err := gzip.NewReader(bytes.NewReader(throwAway))
	if err != nil {
		panic(err) // the file is part of the program
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	for line := range bytes.Lines(raw) {
		out[string(bytes.TrimSpace(line))] = true
	}
	return out
})

// ThrowAway tells that an address is at a domain, or below one, whose boxes are thrown away.
func ThrowAway(email string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	for domain != "" {
		if disposable()[domain] {
			return true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return false
}

// puzzleLife is how long a puzzle may take.
const puzzleLife = 10 * time.Minute

// Puzzle makes a proof of work: find a text so that the SHA-256 of "puzzle:text" begins with so many zero bits. It is signed, not stored.
func (d *Door) Puzzle(ctx context.Context) (string, error) {
	key, err := d.shared(ctx, "puzzle")
	if err != nil {
		return "", err
	}
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce) // never fails on supported systems
	text := fmt.Sprintf("1:%d:%d:%s", d.Proof, d.db.Now().Add(puzzleLife).Unix(), hex.EncodeToString(nonce))
	return text + ":" + sign(key, text), nil
}

func sign(key []byte, text string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// Worked checks the solution of a puzzle, "puzzle:text". Each puzzle counts once.
func (d *Door) Worked(ctx context.Context, solution string) error {
	if d.Proof == 0 {
		return nil
	}
	wrong := fault.New(fault.Invalid, "proof.wrong", "工作量证明缺失、无效或已过期，请重试", "The proof of work is missing, wrong or too old; try again").
		At("proof", "proof.wrong", "缺失、无效或已过期", "is missing, wrong or too old")
	part := strings.SplitN(solution, ":", 6)
	if len(part) != 6 || len(solution) > 300 {
		return wrong
	}
	key, err := d.shared(ctx, "puzzle")
	if err != nil {
		return err
	}
	until, bad := strconv.ParseInt(part[2], 10, 64)
	puzzle := strings.Join(part[:4], ":")
	if bad != nil || part[0] != "1" || part[1] != strconv.Itoa(d.Proof) || !hmac.Equal([]byte(part[4]), []byte(sign(key, puzzle))) || d.db.Now().Unix() > until {
		return wrong
	}
	if sum := sha256.Sum256([]byte(solution)); zeros(sum[:]) < d.Proof {
		return wrong
	}
	fresh, err := d.spend(ctx, "puzzle:"+puzzle, time.Unix(until, 0).Add(time.Minute))
	if err == nil && !fresh {
		return wrong
	}
	return err
}

// zeros counts the zero bits at the beginning.
func zeros(sum []byte) int {
	n := 0
	for _, b := range sum {
		n += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return n
}

// shared returns random bytes that all programs of the installation know by a name, made at first use.
func (d *Door) shared(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails on supported systems
	var value []byte
	_, err := d.row(ctx, `with made as (insert into tenon.secret values ($1, $2) on conflict do nothing returning value)
		select value from made union all select value from tenon.secret where name = $1 limit 1`, []any{name, fresh}, &value)
	if err == nil && value == nil { // another program made it at this moment
		_, err = d.row(ctx, "select value from tenon.secret where name = $1", []any{name}, &value)
	}
	return value, err
}

// Captcha is a service that tells people from programs: hCaptcha, Turnstile, reCAPTCHA or one that answers like them.
type Captcha struct {
	VerifyURL string // "https://hcaptcha.com/siteverify"; empty: no captcha is asked
	Secret    string
	SiteKey   string // shown to the page
}

// Human asks the captcha service about an answer.
func (d *Door) Human(ctx context.Context, answer, network string) error {
	if d.Captcha.VerifyURL == "" {
		return nil
	}
	wrong := fault.New(fault.Invalid, "captcha.wrong", "人机验证未通过，请重试", "The captcha was not passed; try again").At("captcha", "captcha.wrong", "未通过", "was not passed")
	if answer == "" {
		return wrong
	}
	form := url.Values{"secret": {d.Captcha.Secret}, "response": {answer}, "remoteip": {network}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Captcha.VerifyURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := d.client.Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, "captcha.unavailable", "人机验证服务暂不可用", "The captcha service does not answer").Because(err)
	}
	defer res.Body.Close()
	var out struct {
		Success bool `json:"success"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&out); err != nil || !out.Success {
		return wrong
	}
	return nil
}

// Leaked asks, where that is switched on, whether a password is known from leaks: by the first five digits of its SHA-1 (k-anonymity). A service that does
// not answer keeps nobody out.
func (d *Door) Leaked(ctx context.Context, password string) error {
	if d.BreachURL == "" {
		return nil
	}
	sum := sha1.Sum([]byte(password)) //nolint:gosec // as the service wants it
	text := strings.ToUpper(hex.EncodeToString(sum[:]))
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(d.BreachURL, "/")+"/"+text[:5], nil)
	if err != nil {
		return err
	}
	res, err := d.client.Do(req)
	if err != nil {
		d.log.WarnContext(ctx, "the service of leaked passwords does not answer", "error", err)
		return nil
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return nil //nolint:nilerr // as above
	}
	for line := range strings.Lines(string(raw)) {
		rest, count, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.EqualFold(rest, text[5:]) && count != "0" {
			return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
				At("password", "leaked", "此密码已在泄露数据中出现，请换一个", "This password is known from a leak; choose another")
		}
	}
	return nil
}
