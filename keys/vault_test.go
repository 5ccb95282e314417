package keys_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/keys/vaulttest"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

const transitPolicy = `path "transit/*" { capabilities = ["create", "read", "update", "delete", "list"] }`

// vaultOf opens Vault as the root of a server, or as what change says.
func vaultOf(t testing.TB, s *vaulttest.Server, change ...func(c *keys.VaultConfig)) *keys.Vault {
	t.Helper()
	cfg := keys.VaultConfig{
		Address: s.Address, Login: keys.Login{Method: keys.ByToken, Token: s.Token}, Timeout: time.Second, Pause: 300 * time.Millisecond,
		Prefix: "test-" + strconv.Itoa(os.Getpid()) + "-",
	}
	for _, f := range change {
		f(&cfg)
	}
	v, err := keys.OpenVault(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// brief keeps keys for so short a time that each value asks Vault.
func brief(c *keys.Config) { c.Life = 30 * time.Millisecond }

// shutWith waits until a value stays shut, and wants the cause that the key service tells.
func (c *company) shutWith(t *testing.T, p keys.Provider, sealed []byte, want keys.Cause) {
	t.Helper()
	var last error
	for range 60 {
		time.Sleep(50 * time.Millisecond)
		got, err := c.opens(t, sealed)
		if last = err; err == nil {
			continue
		}
		wantShut(t, got, err)
		trouble, ok := errors.AsType[*keys.Trouble](fault.As(err).Unwrap())
		if ok && trouble.What == want {
			return
		}
	}
	t.Fatalf("not shut by %s: %v, %+v", want, last, p.State())
}

// recovers waits until a value opens again, by itself.
func (c *company) recovers(t *testing.T, sealed []byte) {
	t.Helper()
	var err error
	for range 120 {
		var got []byte
		if got, err = c.opens(t, sealed); err == nil && string(got) == "secret" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("no recovery:", err)
}

func TestVault(t *testing.T) {
	s := vaulttest.Start(t)
	t.Run("seal and open, one call for all keys", func(t *testing.T) { vaultOpens(t, s) })
	t.Run("a token that ends is had anew", func(t *testing.T) { tokenIsRenewed(t, s) })
	t.Run("a token that can't be had anew", func(t *testing.T) { tokenEnds(t, s) })
	t.Run("permission lost", func(t *testing.T) { permissionLost(t, s) })
	t.Run("a key deleted", func(t *testing.T) { keyDeleted(t, s) })
	t.Run("slow and cut off", func(t *testing.T) { slowAndCut(t, s) })
	t.Run("a tenant's own", func(t *testing.T) { ownVault(t, s) })
	t.Run("rotation", func(t *testing.T) { rotation(t, s) })
	t.Run("a company's end", func(t *testing.T) { closingKey(t, s) })
	t.Run("the end of one with its own", func(t *testing.T) { closingOwnKey(t, s) })
	t.Run("the end of one without backups", func(t *testing.T) { neverBackedUp(t, s) })
	if s.OwnProcess() {
		t.Run("sealed, unsealed, killed, restarted", func(t *testing.T) { sealedAndRestarted(t, s) })
	}
}

func vaultOpens(t *testing.T, s *vaulttest.Server) {
	p := &counting{Provider: vaultOf(t, s)}
	k := open(t, p)
	sealed := k.seal(t, "secret")
	for range 100 {
		if got, err := k.opens(t, sealed); err != nil || string(got) != "secret" {
			t.Fatal(err)
		}
	}
	if n := p.unwraps.Load(); n != 1 {
		t.Errorf("%d calls, want one per cache period", n)
	}
	stranger := keys.New(keys.Config{DB: k.db, Platform: vaultOf(t, s, func(c *keys.VaultConfig) { c.Prefix = "others-" })})
	defer stranger.Close()
	got, err := stranger.Open(t.Context(), k.tenant.ID, "e", "f", k.rows[0], sealed)
	wantShut(t, got, err)
}

// appRole makes a login whose tokens live for two seconds, six at most.
func appRole(t *testing.T, s *vaulttest.Server, name string) keys.Login {
	t.Helper()
	if err := s.API(t.Context(), http.MethodPost, "sys/auth/approle", map[string]any{"type": "approle"}, nil); err != nil && !strings.Contains(err.Error(), "in use") {
		t.Fatal(err)
	}
	s.Must(t, http.MethodPut, "sys/policies/acl/"+name, map[string]any{"policy": transitPolicy})
	s.Must(t, http.MethodPost, "auth/approle/role/"+name, map[string]any{"token_policies": name, "token_ttl": "2s", "token_max_ttl": "4s"})
	role, _ := s.Must(t, http.MethodGet, "auth/approle/role/"+name+"/role-id", nil)["data"].(map[string]any)
	secret, _ := s.Must(t, http.MethodPost, "auth/approle/role/"+name+"/secret-id", nil)["data"].(map[string]any)
	roleID, _ := role["role_id"].(string)
	secretID, _ := secret["secret_id"].(string)
	return keys.Login{Method: keys.ByAppRole, RoleID: roleID, SecretID: secretID}
}

func tokenIsRenewed(t *testing.T, s *vaulttest.Server) {
	login := appRole(t, s, "renewed")
	k := open(t, vaultOf(t, s, func(c *keys.VaultConfig) { c.Login = login }), brief)
	sealed := k.seal(t, "secret")
	for until := time.Now().Add(7 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) { // past the longest life
		if _, err := k.opens(t, sealed); err != nil {
			t.Fatal("a request failed while the token was replaced:", err)
		}
	}
}

func tokenEnds(t *testing.T, s *vaulttest.Server) {
	file := filepath.Join(t.TempDir(), "token")
	give := func(token string) {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	auth, _ := s.Must(t, http.MethodPost, "auth/token/create", map[string]any{"ttl": "60s", "renewable": false})["auth"].(map[string]any)
	token, _ := auth["client_token"].(string)
	give(token)
	v := vaultOf(t, s, func(c *keys.VaultConfig) { c.Login = keys.Login{Method: keys.ByToken, TokenFile: file} })
	k := open(t, v, brief)
	sealed := k.seal(t, "secret")
	s.Must(t, http.MethodPost, "auth/token/revoke", map[string]any{"token": token})
	k.shutWith(t, v, sealed, keys.TokenEnded)
	if st := v.State(); st.OK || st.Cause != keys.TokenEnded {
		t.Errorf("%+v", st)
	}
	give(s.Token)
	k.recovers(t, sealed)
}

func permissionLost(t *testing.T, s *vaulttest.Server) {
	login := appRole(t, s, "lost")
	v := vaultOf(t, s, func(c *keys.VaultConfig) { c.Login = login })
	k := open(t, v, brief)
	sealed := k.seal(t, "secret")
	s.Must(t, http.MethodPut, "sys/policies/acl/lost", map[string]any{"policy": `path "transit/keys/*" { capabilities = ["read"] }`})
	k.shutWith(t, v, sealed, keys.Permission)
	if !v.State().OK {
		t.Error("one right that is missing counts as Vault being down")
	}
	s.Must(t, http.MethodPut, "sys/policies/acl/lost", map[string]any{"policy": transitPolicy})
	k.recovers(t, sealed)
}

func keyDeleted(t *testing.T, s *vaulttest.Server) {
	v := vaultOf(t, s)
	k := open(t, v, brief)
	other := tenancytest.Tenant(t, k.db)
	sealed := k.seal(t, "secret")
	if err := v.Destroy(t.Context(), k.tenant.ID.String()); err != nil {
		t.Fatal(err)
	}
	k.shutWith(t, v, sealed, keys.KeyMissing)
	if got, err := k.Seal(t.Context(), k.tenant.ID, "e", "f", k.rows[0], []byte("x")); err == nil {
		t.Error("a deleted key came back:", got)
	}
	if _, err := k.Seal(t.Context(), other.ID, "e", "f", k.rows[0], []byte("x")); err != nil || !v.State().OK {
		t.Error("one tenant's key concerns another:", err)
	}
}

func slowAndCut(t *testing.T, s *vaulttest.Server) {
	proxy := vaulttest.NewProxy(t, s)
	v := vaultOf(t, s, func(c *keys.VaultConfig) { c.Address, c.Timeout = proxy.Address, 300*time.Millisecond })
	k := open(t, v, brief)
	sealed := k.seal(t, "secret")
	proxy.Slow(2 * time.Second)
	k.shutWith(t, v, sealed, keys.Slow)
	for range 40 { // until the breaker is open
		_, _ = k.opens(t, sealed)
		if v.State().Breaker == "open" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	quickest := time.Hour // of five: a busy machine delays some
	for range 5 {
		started := time.Now()
		got, err := k.opens(t, sealed)
		wantShut(t, got, err)
		quickest = min(quickest, time.Since(started))
	}
	if quickest > 100*time.Millisecond {
		t.Errorf("with the breaker open a request waited %v", quickest)
	}
	proxy.Slow(0)
	k.recovers(t, sealed)
	proxy.Cut(true)
	k.shutWith(t, v, sealed, keys.Unreachable)
	proxy.Cut(false)
	k.recovers(t, sealed)
}

func sealedAndRestarted(t *testing.T, s *vaulttest.Server) {
	v := vaultOf(t, s)
	k := open(t, v, brief)
	sealed := k.seal(t, "secret")
	s.Seal(t)
	k.shutWith(t, v, sealed, keys.Sealed)
	s.Unseal(t)
	k.recovers(t, sealed)
	s.Stop()
	k.shutWith(t, v, sealed, keys.Unreachable)
	s.Restart(t)
	k.shutWith(t, v, sealed, keys.Sealed)
	s.Unseal(t)
	k.recovers(t, sealed)
}

func ownVault(t *testing.T, s *vaulttest.Server) {
	ctx := t.Context()
	inside := false
	k := open(t, local(t, t.TempDir()), func(c *keys.Config) {
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if !inside {
				return nil, errors.New("the address is internal")
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	})
	sealed := k.seal(t, "secret")
	a := tenancy.Actor{System: true, Name: "test"}
	silent := func(context.Context, *tenancy.Tx) error { return nil }
	own := func(change func(o *keys.Own)) keys.Own {
		o := keys.Own{VaultConfig: keys.VaultConfig{Address: s.Address, Prefix: "own-", Login: keys.Login{Method: keys.ByToken}}, Token: s.Token}
		if change != nil {
			change(&o)
		}
		return o
	}
	refused := func(o keys.Own, field, reason string) {
		t.Helper()
		f := fault.As(k.SetOwn(ctx, k.tenant, a, o, silent))
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != field || f.Fields[0].Reason != reason {
			t.Errorf("want %s %s, got %v", field, reason, f)
		}
	}
	refused(own(nil), "address", "keys.unreachable") // the guard
	inside = true
	refused(own(func(o *keys.Own) { o.Address = "ftp://x" }), "address", "keys.address")
	refused(own(func(o *keys.Own) { o.CA = "nonsense" }), "address", "keys.address")
	refused(own(func(o *keys.Own) { o.Token = "wrong" }), "login", "keys.token")
	refused(own(func(o *keys.Own) { o.Token = "" }), "login", "keys.login")
	refused(own(func(o *keys.Own) { o.Mount = "nowhere" }), "mount", "keys.key_missing")
	if err := k.SetOwn(ctx, k.tenant, a, own(nil), silent); err != nil {
		t.Fatal(err)
	}
	if got, err := k.opens(t, sealed); err != nil || string(got) != "secret" {
		t.Fatal("after the move:", err)
	}
	if err := vaultOf(t, s, func(c *keys.VaultConfig) { c.Prefix = "own-" }).Destroy(ctx, k.tenant.ID.String()); err != nil {
		t.Fatal(err)
	}
	k.Forget(k.tenant.ID)
	got, err := k.opens(t, sealed)
	wantShut(t, got, err)
}

func TestKubernetesLogin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "jwt")
	if err := os.WriteFile(file, []byte("pod-jwt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := make(chan map[string]any, 10)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]any{"path": r.URL.Path, "namespace": r.Header.Get("X-Vault-Namespace")}
		_ = json.NewDecoder(r.Body).Decode(&body)
		asked <- body
		_, _ = w.Write([]byte(`{"auth":{"client_token":"t","lease_duration":3600,"renewable":true}}`))
	}))
	defer srv.Close()
	open := func(ca string) *keys.Vault {
		v, err := keys.OpenVault(keys.VaultConfig{
			Address: srv.URL, Namespace: "team", CA: ca, Login: keys.Login{Method: keys.ByKubernetes, Role: "tenon", JWTFile: file}, Pause: 50 * time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := open(pemOf(srv))
	defer v.Close()
	select {
	case got := <-asked:
		if got["path"] != "/v1/auth/kubernetes/login" || got["role"] != "tenon" || got["jwt"] != "pod-jwt" || got["namespace"] != "team" {
			t.Error(got)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("no login")
	}
	stranger := open("")
	defer stranger.Close()
	if err := stranger.Probe(t.Context()); err == nil || stranger.State().Cause != keys.Unreachable {
		t.Error("a certificate of an unknown authority was accepted:", err)
	}
}

func rotation(t *testing.T, s *vaulttest.Server) {
	ctx := t.Context()
	v := vaultOf(t, s)
	k := open(t, v)
	old := k.seal(t, "secret")
	archive, err := k.WrapArchive(ctx, k.tenant.ID, []byte("key of an archive"))
	if err != nil {
		t.Fatal(err)
	}
	saved := 0
	err = k.Rotate(ctx, k.tenant, tenancy.Actor{System: true}, func(_ context.Context, _ *tenancy.Tx, version int) error {
		saved = version
		return nil
	})
	if err != nil || saved != 2 {
		t.Fatal(saved, err)
	}
	now, err := k.db.Tenant(ctx, k.tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	k.Ready(ctx, now)
	fresh := k.seal(t, "secret")
	a, _ := keys.KeyOf(old)
	b, _ := keys.KeyOf(fresh)
	if a == b {
		t.Error("a new value is sealed with the old key")
	}
	if version, err := k.Retire(ctx, now); err != nil || version != 2 {
		t.Fatal(version, err)
	}
	k.Forget(k.tenant.ID)
	if got, err := k.UnwrapArchive(ctx, k.tenant.ID, archive); err != nil || string(got) != "key of an archive" {
		t.Error("a backup of before the rotation:", err)
	}
	for _, sealed := range [][]byte{old, fresh} {
		if got, err := k.opens(t, sealed); err != nil || string(got) != "secret" {
			t.Fatal(err)
		}
	}
	st, err := k.StatusOf(ctx, now)
	if err != nil || st.Newest != 2 || st.Oldest != 2 || st.DataKeys != 2 || st.Signs == "" || st.Error != "" {
		t.Errorf("%+v %v", st, err)
	}
}

func pemOf(srv *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
}
