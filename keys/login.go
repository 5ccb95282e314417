package keys

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
)

// The ways to log in.
const (
	ByToken      = "token"
	ByAppRole    = "approle"
	ByKubernetes = "kubernetes"
)

// Login says how to log in to Vault. What can also come from a file is read anew at each login, so that an agent may renew it.
type Login struct {
	Method       string `json:"method"`
	Mount        string `json:"mount,omitempty"` // of the login method; default its name
	Role         string `json:"role,omitempty"`  // of Kubernetes
	RoleID       string `json:"role_id,omitempty"`
	SecretID     string `json:"-"`
	SecretIDFile string `json:"-"`
	Token        string `json:"-"`
	TokenFile    string `json:"-"`
	JWT          string `json:"-"`
	JWTFile      string `json:"-"` // default where Kubernetes puts a pod's own
}

const podToken = "/var/run/secrets/kubernetes.io/serviceaccount/token" //nolint:gosec // a path

func (l *Login) defaults() {
	if l.Method == "" {
		l.Method = ByToken
	}
	if l.Mount = strings.Trim(l.Mount, "/"); l.Mount == "" {
		l.Mount = l.Method
	}
	if l.Method == ByKubernetes && l.JWT == "" && l.JWTFile == "" {
		l.JWTFile = podToken
	}
}

// Check tells what is missing, by the names of the settings.
func (l *Login) Check() error {
	switch l.Method {
	case ByToken, "":
		if l.Token == "" && l.TokenFile == "" {
			return errors.New("the login by token needs a token")
		}
	case ByAppRole:
		if l.RoleID == "" || l.SecretID == "" && l.SecretIDFile == "" {
			return errors.New("the login by approle needs a role id and a secret id")
		}
	case ByKubernetes:
		if l.Role == "" {
			return errors.New("the login by kubernetes needs a role")
		}
	default:
		return fmt.Errorf("there is no login %q: token, approle, kubernetes", l.Method)
	}
	return nil
}

func given(value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	raw, err := os.ReadFile(file)
	return strings.TrimSpace(string(raw)), err
}

// enter logs in and returns a secret with the token and how long it lives.
func (v *Vault) enter(ctx context.Context) (*api.Secret, error) {
	l := v.cfg.Login
	switch l.Method {
	case ByAppRole:
		secret, err := given(l.SecretID, l.SecretIDFile)
		if err != nil {
			return nil, &Trouble{TokenEnded, err}
		}
		return v.loginAt(ctx, map[string]any{"role_id": l.RoleID, "secret_id": secret})
	case ByKubernetes:
		jwt, err := given(l.JWT, l.JWTFile)
		if err != nil {
			return nil, &Trouble{TokenEnded, err}
		}
		return v.loginAt(ctx, map[string]any{"role": l.Role, "jwt": jwt})
	}
	token, err := given(l.Token, l.TokenFile)
	if err != nil || token == "" {
		return nil, &Trouble{TokenEnded, errors.Join(errors.New("no token"), err)}
	}
	fresh, err := v.client.CloneWithHeaders()
	if err != nil {
		return nil, err
	}
	fresh.SetToken(token)
	s, err := fresh.Auth().Token().LookupSelfWithContext(ctx)
	if err != nil {
		return nil, loginTrouble(err)
	}
	ttl, _ := s.TokenTTL()
	renewable, _ := s.TokenIsRenewable()
	return &api.Secret{Auth: &api.SecretAuth{ClientToken: token, LeaseDuration: int(ttl.Seconds()), Renewable: renewable}}, nil
}

func (v *Vault) loginAt(ctx context.Context, body map[string]any) (*api.Secret, error) {
	fresh, err := v.client.CloneWithHeaders()
	if err != nil {
		return nil, err
	}
	fresh.ClearToken()
	s, err := fresh.Logical().WriteWithContext(ctx, "auth/"+v.cfg.Login.Mount+"/login", body)
	if err != nil {
		return nil, loginTrouble(err)
	}
	if s == nil || s.Auth == nil {
		return nil, &Trouble{TokenEnded, errors.New("the login gave no token")}
	}
	return s, nil
}

// loginTrouble is a login's trouble: what Vault refuses is the login itself.
func loginTrouble(err error) error {
	t := troubleOf(err)
	switch causeOf(t) { //nolint:exhaustive // the others are the service's
	case Permission, Refused, KeyMissing:
		return &Trouble{TokenEnded, err}
	}
	return t
}

// token makes sure that there is one and returns it.
func (v *Vault) token(ctx context.Context) (string, error) {
	if t := v.client.Token(); t != "" {
		return t, nil
	}
	err := v.relogin(ctx, "")
	return v.client.Token(), err
}

// relogin replaces a token that is no longer good, unless somebody else has done so meanwhile.
func (v *Vault) relogin(ctx context.Context, used string) error {
	v.login.Lock()
	defer v.login.Unlock()
	if t := v.client.Token(); t != "" && t != used {
		return nil
	}
	s, err := v.enter(ctx)
	if err != nil {
		v.client.ClearToken()
		return err
	}
	v.client.SetToken(s.Auth.ClientToken)
	v.state.expires(s.Auth.LeaseDuration)
	v.state.hold(s)
	select {
	case v.again <- struct{}{}:
	default:
	}
	return nil
}

// keepLogin logs in at once, renews the token while that is possible, and logs in again when it ends: a LifetimeWatcher ends without an error at the
// token's longest life.
func (v *Vault) keepLogin(ctx context.Context) {
	pause := v.cfg.Pause
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, v.cfg.Timeout)
		used := v.client.Token()
		err := v.relogin(limited, used)
		cancel()
		if err != nil {
			v.state.note(err)
			v.cfg.Log.Warn("key service: the login failed", "address", v.cfg.Address, "error", err)
			if !sleep(ctx, pause) {
				return
			}
			pause = min(2*pause, time.Minute)
			continue
		}
		v.state.note(nil)
		pause = v.cfg.Pause
		v.watch(ctx)
	}
}

// watch returns when the token should be replaced.
func (v *Vault) watch(ctx context.Context) {
	for {
		drain(v.again)
		s := v.state.held()
		if s == nil || s.Auth.LeaseDuration == 0 { // a token that never ends
			select {
			case <-ctx.Done():
				return
			case <-v.again:
				continue
			}
		}
		if !v.renew(ctx, s) {
			return
		}
	}
}

// renew keeps one token alive as long as it can be; false: log in again now.
func (v *Vault) renew(ctx context.Context, s *api.Secret) (other bool) {
	life := time.Duration(s.Auth.LeaseDuration) * time.Second
	if !s.Auth.Renewable {
		select {
		case <-ctx.Done():
		case <-v.again:
			return true
		case <-time.After(life * 4 / 5):
		}
		return false
	}
	w, err := v.client.NewLifetimeWatcher(&api.LifetimeWatcherInput{Secret: s, RenewBehavior: api.RenewBehaviorErrorOnErrors})
	if err != nil {
		return false
	}
	go w.Start()
	defer w.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-v.again:
			return true
		case err := <-w.DoneCh():
			v.cfg.Log.Debug("key service: the token is not renewed any more", "error", err)
			return false
		case r := <-w.RenewCh():
			v.state.expires(r.Secret.Auth.LeaseDuration)
		}
	}
}

func drain(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// stateBox keeps what State says.
type stateBox struct {
	mu     sync.Mutex
	state  State
	secret *api.Secret
}

func (b *stateBox) init(s State) { b.state = s }

func (b *stateBox) get() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// note counts a call and what came of it. What concerns one key alone does not say that the service is down.
func (b *stateBox) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Calls++
	ok := err == nil || errors.Is(err, context.Canceled) || !causeOf(err).everybody()
	if err != nil {
		b.state.Failed++
	}
	if ok != b.state.OK || b.state.Since == "" {
		b.state.Since = time.Now().UTC().Format(time.RFC3339)
	}
	b.state.OK, b.state.Cause = ok, ""
	if !ok {
		b.state.Cause = causeOf(err)
	}
}

func (b *stateBox) expires(seconds int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Expires = ""
	if seconds > 0 {
		b.state.Expires = time.Now().Add(time.Duration(seconds) * time.Second).UTC().Format(time.RFC3339)
	}
}

func (b *stateBox) hold(s *api.Secret) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.secret = s
}

func (b *stateBox) held() *api.Secret {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.secret
}
