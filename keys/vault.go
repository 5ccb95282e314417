package keys

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/sony/gobreaker/v2"
)

// VaultConfig says which Vault, and how to log in. Address and the login are needed, all else has a default.
type VaultConfig struct {
	Address   string        `json:"address"`             // https://vault.example.com:8200
	Namespace string        `json:"namespace,omitempty"` // of Vault Enterprise, HCP or OpenBao
	Mount     string        `json:"mount,omitempty"`     // of the transit engine; default transit
	Prefix    string        `json:"prefix,omitempty"`    // of the tenants' key names; default tenon-
	CA        string        `json:"ca,omitempty"`        // PEM of a custom authority; default the system's
	CAFile    string        `json:"-"`                   // the same from a file
	Login     Login         `json:"login"`
	Timeout   time.Duration `json:"-"` // of one call; default 3 s
	Pause     time.Duration `json:"-"` // before a failing Vault is tried again; default 2 s

	Dial func(ctx context.Context, network, address string) (net.Conn, error) `json:"-"` // guards where a tenant's own address leads
	Log  *slog.Logger                                                         `json:"-"`
}

func (c *VaultConfig) defaults() {
	c.Mount = strings.Trim(c.Mount, "/")
	if c.Mount == "" {
		c.Mount = "transit"
	}
	if c.Prefix == "" {
		c.Prefix = "tenon-"
	}
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Second
	}
	if c.Pause == 0 {
		c.Pause = 2 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Login.defaults()
}

// tripAfter is how many failures in a row open the breaker: then calls fail at once until the pause is over.
const tripAfter = 3

// Vault is a key service of HashiCorp Vault's transit engine, or of OpenBao, which speaks the same.
type Vault struct {
	cfg     VaultConfig
	client  *api.Client
	breaker *gobreaker.CircuitBreaker[*api.Secret]
	state   stateBox
	login   sync.Mutex // one login at a time
	again   chan struct{}
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// OpenVault makes a Vault. It does not wait for the login: while Vault is away everything else works, and the login is tried again until it succeeds.
func OpenVault(cfg VaultConfig) (*Vault, error) {
	cfg.defaults()
	client, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	v := &Vault{cfg: cfg, client: client, again: make(chan struct{}, 1)}
	v.state.init(State{Kind: "vault", Address: cfg.Address, Login: cfg.Login.Method, OK: true})
	v.breaker = gobreaker.NewCircuitBreaker[*api.Secret](gobreaker.Settings{
		Name: "vault", MaxRequests: 1, Timeout: cfg.Pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= tripAfter },
		IsSuccessful: func(err error) bool { return err == nil || !causeOf(err).everybody() },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			cfg.Log.Warn("key service: the breaker changes", "from", from.String(), "to", to.String(), "address", cfg.Address)
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	v.stop = stop
	v.done.Go(func() { v.keepLogin(ctx) })
	return v, nil
}

func newClient(cfg VaultConfig) (*api.Client, error) {
	u, err := url.Parse(cfg.Address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("vault address %q: it must be http(s)://host:port", cfg.Address)
	}
	roots, err := authorities(cfg)
	if err != nil {
		return nil, err
	}
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: cfg.Timeout}).DialContext
	}
	client, err := api.NewClient(&api.Config{
		Address: cfg.Address, Timeout: cfg.Timeout,
		HttpClient: &http.Client{Transport: &http.Transport{
			DialContext: dial, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: cfg.Timeout, ResponseHeaderTimeout: cfg.Timeout, MaxIdleConns: 8, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("vault client: %w", err)
	}
	client.SetMaxRetries(0) // the breaker and our callers decide
	client.ClearToken()     // what the environment says is not meant for every Vault
	client.ClearNamespace()
	if cfg.Namespace != "" {
		client.SetNamespace(cfg.Namespace)
	}
	return client, nil
}

func authorities(cfg VaultConfig) (*x509.CertPool, error) {
	pem := []byte(cfg.CA)
	if cfg.CAFile != "" {
		var err error
		if pem, err = os.ReadFile(cfg.CAFile); err != nil {
			return nil, fmt.Errorf("vault CA: %w", err)
		}
	}
	if len(pem) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("vault CA: there is no certificate in it")
	}
	return pool, nil
}

// Close ends the login loop.
func (v *Vault) Close() {
	v.stop()
	v.done.Wait()
	v.client.ClearToken()
}

// State says how Vault does, from the calls made so far.
func (v *Vault) State() State {
	s := v.state.get()
	s.Breaker = v.breaker.State().String()
	return s
}

// Probe asks Vault for nothing but an answer, so that a recovery is seen even when nobody needs a key.
func (v *Vault) Probe(ctx context.Context) error {
	_, err := v.call(ctx, func(ctx context.Context) (*api.Secret, error) {
		return v.client.Auth().Token().LookupSelfWithContext(ctx)
	})
	return err
}

// call makes one call through the breaker, with a login before it where there is none, and once more after a new login when the token had ended.
func (v *Vault) call(ctx context.Context, do func(ctx context.Context) (*api.Secret, error)) (*api.Secret, error) {
	out, err := v.breaker.Execute(func() (*api.Secret, error) {
		ctx, cancel := context.WithTimeout(ctx, 2*v.cfg.Timeout)
		defer cancel()
		used, err := v.token(ctx)
		if err != nil {
			return nil, err
		}
		s, err := do(ctx)
		if denied(err) && v.dead(ctx) {
			if err := v.relogin(ctx, used); err != nil {
				return nil, err
			}
			s, err = do(ctx)
		}
		return s, troubleOf(err)
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		last := v.state.get().Cause
		if last == "" {
			last = Failing
		}
		return nil, &Trouble{last, err}
	}
	v.state.note(err)
	return out, err
}

func denied(err error) bool {
	r, ok := errors.AsType[*api.ResponseError](err)
	return ok && r.StatusCode == http.StatusForbidden
}

// dead tells that the token itself is no longer good, as opposed to one that may not do what was asked.
func (v *Vault) dead(ctx context.Context) bool {
	_, err := v.client.Auth().Token().LookupSelfWithContext(ctx)
	return denied(err)
}

// troubleOf finds out what an error of a call means.
func troubleOf(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Trouble](err); ok {
		return err
	}
	r, answered := errors.AsType[*api.ResponseError](err)
	var timeout net.Error
	switch {
	case answered:
		return &Trouble{causeOfAnswer(r), err}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Trouble{Slow, err}
	case errors.Is(err, context.Canceled):
		return err // the caller went away: that says nothing of Vault
	}
	return &Trouble{Unreachable, err}
}

func causeOfAnswer(r *api.ResponseError) Cause {
	text := strings.ToLower(strings.Join(r.Errors, " "))
	switch {
	case strings.Contains(text, "sealed"):
		return Sealed
	case r.StatusCode == http.StatusForbidden:
		return Permission
	case r.StatusCode == http.StatusNotFound, strings.Contains(text, "encryption key not found"), strings.Contains(text, "no existing key"),
		strings.Contains(text, "key not found"), strings.Contains(text, "could not be found"):
		return KeyMissing
	case r.StatusCode == http.StatusServiceUnavailable, r.StatusCode >= http.StatusInternalServerError, r.StatusCode == http.StatusTooManyRequests:
		return Failing
	}
	return Refused
}

func (v *Vault) path(verb, key string) string {
	return v.cfg.Mount + "/" + verb + "/" + v.cfg.Prefix + key
}

func (v *Vault) write(ctx context.Context, path string, body map[string]any) (*api.Secret, error) {
	return v.call(ctx, func(ctx context.Context) (*api.Secret, error) {
		return v.client.Logical().WriteWithContext(ctx, path, body)
	})
}

// Ensure makes a tenant's transit key.
func (v *Vault) Ensure(ctx context.Context, key string) error {
	_, err := v.write(ctx, v.path("keys", key), map[string]any{"type": "aes256-gcm96"})
	return err
}

// Wrap encrypts data keys in one call.
func (v *Vault) Wrap(ctx context.Context, key string, secrets [][]byte) ([]string, error) {
	in := make([]any, len(secrets))
	for i, s := range secrets {
		in[i] = map[string]any{"plaintext": base64.StdEncoding.EncodeToString(s)}
	}
	return v.batch(ctx, v.path("encrypt", key), in, "ciphertext")
}

// Unwrap opens data keys in one call.
func (v *Vault) Unwrap(ctx context.Context, key string, wrapped []string) ([][]byte, error) {
	list, err := v.batch(ctx, v.path("decrypt", key), ciphertexts(wrapped), "plaintext")
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(list))
	for i, s := range list {
		if out[i], err = base64.StdEncoding.DecodeString(s); err != nil {
			return nil, &Trouble{Failing, err}
		}
	}
	return out, nil
}

// Rewrap wraps data keys anew in one call; Tenon does not see them.
func (v *Vault) Rewrap(ctx context.Context, key string, wrapped []string) ([]string, error) {
	return v.batch(ctx, v.path("rewrap", key), ciphertexts(wrapped), "ciphertext")
}

func ciphertexts(wrapped []string) []any {
	in := make([]any, len(wrapped))
	for i, s := range wrapped {
		in[i] = map[string]any{"ciphertext": s}
	}
	return in
}

func (v *Vault) batch(ctx context.Context, path string, in []any, member string) ([]string, error) {
	s, err := v.write(ctx, path, map[string]any{"batch_input": in})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, &Trouble{Failing, errors.New("an empty answer")}
	}
	results, _ := s.Data["batch_results"].([]any)
	if len(results) != len(in) {
		return nil, &Trouble{Failing, fmt.Errorf("%d results for %d values", len(results), len(in))}
	}
	out := make([]string, len(in))
	for i, r := range results {
		one, _ := r.(map[string]any)
		if text, _ := one["error"].(string); text != "" {
			return nil, &Trouble{Refused, errors.New(text)}
		}
		out[i], _ = one[member].(string)
	}
	return out, nil
}

// Rotate gives a tenant's key a new version.
func (v *Vault) Rotate(ctx context.Context, key string) (int, error) {
	if _, _, err := v.Versions(ctx, key); err != nil { // Vault would make a key that is not there
		return 0, err
	}
	if _, err := v.write(ctx, v.path("keys", key)+"/rotate", nil); err != nil {
		return 0, err
	}
	newest, _, err := v.Versions(ctx, key)
	return newest, err
}

// Raise sets the minimum version that decrypts.
func (v *Vault) Raise(ctx context.Context, key string, oldest int) error {
	_, err := v.write(ctx, v.path("keys", key)+"/config", map[string]any{"min_decryption_version": oldest})
	return err
}

// Versions reads the newest version and the oldest that decrypts.
func (v *Vault) Versions(ctx context.Context, key string) (newest, oldest int, err error) {
	s, err := v.call(ctx, func(ctx context.Context) (*api.Secret, error) {
		return v.client.Logical().ReadWithContext(ctx, v.path("keys", key))
	})
	if err != nil {
		return 0, 0, err
	}
	if s == nil {
		return 0, 0, &Trouble{KeyMissing, errors.New("there is no key " + v.cfg.Prefix + key)}
	}
	newest, _ = strconv.Atoi(fmt.Sprint(s.Data["latest_version"]))
	oldest, _ = strconv.Atoi(fmt.Sprint(s.Data["min_decryption_version"]))
	return newest, oldest, nil
}

// Destroy deletes a tenant's key, which nothing brings back.
func (v *Vault) Destroy(ctx context.Context, key string) error {
	if _, err := v.write(ctx, v.path("keys", key)+"/config", map[string]any{"deletion_allowed": true}); err != nil {
		return err
	}
	_, err := v.call(ctx, func(ctx context.Context) (*api.Secret, error) {
		return v.client.Logical().DeleteWithContext(ctx, v.path("keys", key))
	})
	return err
}
