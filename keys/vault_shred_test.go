package keys_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/keys/vaulttest"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// closingKey destroys a company's key in a real Vault: it is not there any more, nothing that was sealed opens, and the certificate lists each trial with
// the reason that Vault gave. While Vault does not answer there is no certificate; afterwards it goes on.
func closingKey(t *testing.T, s *vaulttest.Server) {
	ctx := t.Context()
	v := vaultOf(t, s, func(c *keys.VaultConfig) { c.Prefix += "closing-" })
	db := tenancytest.Fresh(t, tenancy.Config{Lines: []tenancy.Line{keys.Line()}, Shared: []tenancy.Shared{keys.Shared()}})
	k := &company{keys.New(keys.Config{DB: db, Platform: v}), db, tenancytest.Tenant(t, db), nil}
	t.Cleanup(k.Close)
	other := tenancytest.Tenant(t, db)
	since := db.Now()
	row := db.NewID()
	seal := func(tenant *tenancy.Tenant) []byte {
		t.Helper()
		out, err := k.Seal(ctx, tenant.ID, "e", "f", row, []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	sealed, others := seal(k.tenant), seal(other)
	_, wrapped, err := k.NewPerson(ctx, k.tenant.ID, row)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := k.WrapArchive(ctx, k.tenant.ID, []byte("key of an archive"))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.NoteArchive(ctx, k.tenant.ID, "nightly/1.tenon", archive, 0); err != nil {
		t.Fatal(err)
	}
	samples := []keys.Sample{{Entity: "e", Field: "f", Row: row, Sealed: sealed}, keys.PersonSample(row, wrapped)}
	shred := func() (*keys.Certificate, error) { return k.Shred(ctx, k.tenant, since, samples) }
	key := "transit/keys/" + "test-" + strconv.Itoa(os.Getpid()) + "-closing-" + k.tenant.ID.String()

	if c, err := shred(); err == nil {
		t.Fatal("without consent:", c)
	}
	for _, name := range []string{"Ada", "Ben"} {
		if err := k.Agree(ctx, k.tenant.ID, keys.Consent{Person: db.NewID(), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if s.OwnProcess() {
		s.Seal(t)
		if c, err := shred(); err == nil {
			t.Fatal("while Vault is sealed:", c)
		}
		s.Unseal(t)
	}
	s.Must(t, http.MethodGet, key, nil)
	c := k.shredded(t, shred)
	if err := s.API(ctx, http.MethodGet, key, nil, nil); err == nil {
		t.Error("Vault has the key yet")
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := k.Signer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.VerifyCertificate(raw, signer); err != nil {
		t.Error(err)
	}
	if len(c.Services) != 1 || c.Services[0].Kind != "vault" || c.Services[0].Address != s.Address {
		t.Errorf("the key services are %+v", c.Services)
	}
	kinds := map[string]int{}
	for _, x := range c.Tried {
		kinds[x.What]++
		if !x.Before || x.After || x.Why != string(keys.KeyMissing) {
			t.Errorf("%+v", x)
		}
	}
	if kinds["value"] != 1 || kinds["person_key"] != 1 || kinds["archive"] != 1 || kinds["data_key"] != 3 || len(c.Consents) != 2 {
		t.Errorf("%v, %v", kinds, c.Consents)
	}
	got, err := k.Open(ctx, k.tenant.ID, "e", "f", row, sealed)
	wantShut(t, got, err)
	if got, err := k.Open(ctx, other.ID, "e", "f", row, others); err != nil || string(got) != "secret" {
		t.Error("another company's:", err)
	}
	again, err := shred()
	if err != nil || again.ID != c.ID || !strings.EqualFold(again.Signature, c.Signature) {
		t.Errorf("done again: %v, %v", again, err)
	}
}

// neverBackedUp is the end of a company of which there is no archive, and so no key for archives.
func neverBackedUp(t *testing.T, s *vaulttest.Server) {
	db := tenancytest.Fresh(t, tenancy.Config{Lines: []tenancy.Line{keys.Line()}, Shared: []tenancy.Shared{keys.Shared()}})
	k := &company{keys.New(keys.Config{DB: db, Platform: vaultOf(t, s)}), db, tenancytest.Tenant(t, db), []id.ID{db.NewID()}}
	t.Cleanup(k.Close)
	since := db.Now()
	k.seal(t, "secret")
	for _, name := range []string{"Ada", "Ben"} {
		if err := k.Agree(t.Context(), k.tenant.ID, keys.Consent{Person: db.NewID(), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := k.Shred(t.Context(), k.tenant, since, nil); err != nil || len(c.Tried) != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}

// shredded tries until Vault answers again, as the job does.
func (c *company) shredded(t *testing.T, shred func() (*keys.Certificate, error)) *keys.Certificate {
	t.Helper()
	var err error
	for range 100 {
		var out *keys.Certificate
		if out, err = shred(); err == nil {
			return out
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal(err)
	return nil
}

// closingOwnKey does the same where the company has a Vault of its own beside the installation's key file: the key goes in both.
func closingOwnKey(t *testing.T, s *vaulttest.Server) {
	ctx := t.Context()
	db := tenancytest.Fresh(t, tenancy.Config{Lines: []tenancy.Line{keys.Line()}, Shared: []tenancy.Shared{keys.Shared()}})
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	k := &company{keys.New(keys.Config{DB: db, Platform: local(t, t.TempDir()), Dial: dial}), db, tenancytest.Tenant(t, db), []id.ID{db.NewID()}}
	t.Cleanup(k.Close)
	since := db.Now()
	sealed := k.seal(t, "secret")
	own := keys.Own{VaultConfig: keys.VaultConfig{Address: s.Address, Prefix: "own-closing-", Login: keys.Login{Method: keys.ByToken}}, Token: s.Token}
	if err := k.SetOwn(ctx, k.tenant, tenancy.Actor{System: true}, own, func(context.Context, *tenancy.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	archive, err := k.WrapArchive(ctx, k.tenant.ID, []byte("key of an archive"))
	if err == nil {
		err = k.NoteArchive(ctx, k.tenant.ID, "nightly/1.tenon", archive, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ada", "Ben"} {
		if err := k.Agree(ctx, k.tenant.ID, keys.Consent{Person: db.NewID(), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	key := "transit/keys/own-closing-" + k.tenant.ID.String()
	s.Must(t, http.MethodGet, key, nil)
	c, err := k.Shred(ctx, k.tenant, since, []keys.Sample{{Entity: "e", Field: "f", Row: k.rows[0], Sealed: sealed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.API(ctx, http.MethodGet, key, nil, nil); err == nil {
		t.Error("the company's own Vault has the key yet")
	}
	if len(c.Services) != 2 || c.Services[0].Kind != "vault" || c.Services[1].Kind != "file" || len(c.Elsewhere) != 1 {
		t.Errorf("%+v, %v", c.Services, c.Elsewhere)
	}
	if len(c.Tried) != 5 { // three data keys, a value, an archive
		t.Errorf("%+v", c.Tried)
	}
	for _, x := range c.Tried {
		if !x.Before || x.After || x.Why == "" {
			t.Errorf("%+v", x)
		}
	}
	k.Forget(k.tenant.ID)
	got, err := k.opens(t, sealed)
	wantShut(t, got, err)
	if _, err := k.UnwrapArchive(ctx, k.tenant.ID, archive); err == nil {
		t.Error("its archive opens")
	}
}
