package keys

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// VaultDial connects to a tenant's own Vault, or refuses an address that leads inside.
type VaultDial func(ctx context.Context, network, address string) (net.Conn, error)

// ownVault is a tenant's Vault as it was saved.
type ownVault struct {
	vault *Vault
	saved string
}

// ownRow is what is stored of a tenant's own key service.
type ownRow struct {
	settings, credential, saved string
}

// Own is a tenant's own key service as people set it. Secrets are only ever taken in.
type Own struct {
	VaultConfig

	SecretID string `json:"secret_id,omitempty"`
	Token    string `json:"token,omitempty"`
	JWT      string `json:"jwt,omitempty"`
}

type ownSecret struct {
	SecretID string `json:"secret_id,omitempty"`
	Token    string `json:"token,omitempty"`
	JWT      string `json:"jwt,omitempty"`
}

func readOwn(ctx context.Context, tx *tenancy.Tx) (*ownRow, error) {
	var r ownRow
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT settings::text, credential, saved_at::text FROM key_service").Scan(&r.settings, &r.credential, &r.saved)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

// provider returns the key service of a tenant: its own, or the installation's.
func (s *Service) provider(ctx context.Context, t *tenancy.Tenant) (Provider, error) {
	var r *ownRow
	err := s.cfg.DB.Do(ctx, t, service(), func(ctx context.Context, tx *tenancy.Tx) (err error) {
		r, err = readOwn(ctx, tx)
		return err
	}, tenancy.ReadOnly())
	if err != nil {
		return nil, err
	}
	if r == nil {
		s.dropOwn(t.ID)
		return s.cfg.Platform, nil
	}
	s.mu.Lock()
	known := s.own[t.ID]
	s.mu.Unlock()
	if known != nil && known.saved == r.saved {
		return known.vault, nil
	}
	v, err := s.openOwn(ctx, t, r)
	if err != nil {
		return nil, err
	}
	s.dropOwn(t.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own[t.ID] = &ownVault{v, r.saved}
	return v, nil
}

func (s *Service) dropOwn(tenant id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.own[tenant]; o != nil {
		delete(s.own, tenant)
		go o.vault.Close()
	}
}

// openOwn opens a stored Vault; its credential is wrapped by the installation's key for the tenant.
func (s *Service) openOwn(ctx context.Context, t *tenancy.Tenant, r *ownRow) (*Vault, error) {
	var cfg VaultConfig
	if err := json.Unmarshal([]byte(r.settings), &cfg); err != nil {
		return nil, err
	}
	secrets, err := s.cfg.Platform.Unwrap(ctx, ownName(t), []string{r.credential})
	if err != nil {
		return nil, err
	}
	defer wipe(secrets)
	var secret ownSecret
	if err := json.Unmarshal(secrets[0], &secret); err != nil {
		return nil, err
	}
	return s.dialOwn(cfg, secret)
}

// ownName is the installation's key that wraps the credential of a tenant's own Vault.
func ownName(t *tenancy.Tenant) string { return "own-" + t.ID.String() }

func (s *Service) dialOwn(cfg VaultConfig, secret ownSecret) (*Vault, error) {
	cfg.Login.SecretID, cfg.Login.Token, cfg.Login.JWT = secret.SecretID, secret.Token, secret.JWT
	cfg.Dial, cfg.Log = s.cfg.Dial, s.cfg.Log
	return OpenVault(cfg)
}

// SetOwn checks a tenant's own Vault and makes it the tenant's key service: the data keys are wrapped by it from now on, and the installation's key no
// longer opens them. Whatever does not work is told, by field, and nothing changes.
func (s *Service) SetOwn(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, in Own, note func(ctx context.Context, tx *tenancy.Tx) error) error {
	v, err := s.checkOwn(ctx, t, in)
	if err != nil {
		return err
	}
	defer v.Close()
	secret, err := json.Marshal(ownSecret{in.SecretID, in.Token, in.JWT}) //nolint:gosec // it is sealed before it is stored
	if err != nil {
		return err
	}
	defer clear(secret)
	if err := s.cfg.Platform.Ensure(ctx, ownName(t)); err != nil {
		return unavailable(err)
	}
	wrapped, err := s.cfg.Platform.Wrap(ctx, ownName(t), [][]byte{secret})
	if err != nil {
		return unavailable(err)
	}
	settings, err := json.Marshal(in.VaultConfig)
	if err != nil {
		return err
	}
	return s.move(ctx, t, a, v, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO key_service (settings, credential, saved_at, saved_by)
			VALUES ($1::text::jsonb, $2::text, $3::timestamptz, nullif($4::text, '')::uuid)
			ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, credential = excluded.credential, saved_at = excluded.saved_at, saved_by = excluded.saved_by`,
			string(settings), wrapped[0], tx.Now, a.ID.String())
		if err != nil {
			return err
		}
		return note(ctx, tx)
	})
}

// CheckOwn is SetOwn without setting anything.
func (s *Service) CheckOwn(ctx context.Context, t *tenancy.Tenant, in Own) error {
	v, err := s.checkOwn(ctx, t, in)
	if err == nil {
		v.Close()
	}
	return err
}

// DropOwn gives a tenant the installation's key service again.
func (s *Service) DropOwn(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, note func(ctx context.Context, tx *tenancy.Tx) error) error {
	if err := s.cfg.Platform.Ensure(ctx, nameOf(t)); err != nil {
		return unavailable(err)
	}
	return s.move(ctx, t, a, s.cfg.Platform, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM key_service"); err != nil {
			return err
		}
		return note(ctx, tx)
	})
}

// move wraps a tenant's data keys by another key service.
func (s *Service) move(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, to Provider, save func(ctx context.Context, tx *tenancy.Tx) error) error {
	from, err := s.provider(ctx, t)
	if err != nil {
		return unavailable(err)
	}
	rows, err := s.rows(ctx, t)
	if err != nil {
		return err
	}
	wrapped := make([]string, len(rows))
	for i, r := range rows {
		wrapped[i] = r.wrapped
	}
	if len(rows) > 0 {
		secrets, err := from.Unwrap(ctx, nameOf(t), wrapped)
		if err != nil {
			return unavailable(err)
		}
		defer wipe(secrets)
		if wrapped, err = to.Wrap(ctx, nameOf(t), secrets); err != nil {
			return unavailable(err)
		}
	}
	err = s.cfg.DB.Do(ctx, t, a, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := rewrite(ctx, tx, rows, wrapped); err != nil {
			return err
		}
		return save(ctx, tx)
	})
	if err != nil {
		return err
	}
	s.Forget(t.ID)
	return s.cfg.DB.Bump(ctx, t.ID)
}

// rewrite stores data keys that were wrapped anew, if no other was made meanwhile.
func rewrite(ctx context.Context, tx *tenancy.Tx, rows []row, wrapped []string) error {
	now, err := rowsIn(ctx, tx)
	if err != nil {
		return err
	}
	if len(now) != len(rows) {
		return fault.New(fault.Conflict, "keys.changed", "密钥刚刚发生变化，请重试", "The keys have just changed; please try again")
	}
	for i, r := range rows { // a handful
		if _, err := tx.Tx.Tx.ExecContext(ctx, "UPDATE data_key SET wrapped = $2::text WHERE id = $1::text", r.id.String(), wrapped[i]); err != nil { //nolint:unqueryvet // a handful of keys
			return err
		}
	}
	return nil
}

// checkOwn tries everything that will be asked of a tenant's own Vault.
func (s *Service) checkOwn(ctx context.Context, t *tenancy.Tenant, in Own) (*Vault, error) {
	in.Login.SecretID, in.Login.Token, in.Login.JWT = in.SecretID, in.Token, in.JWT
	in.Login.defaults()
	in.Login.JWTFile = ""
	bad := func(field, reason, zh, en string, args ...any) error {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At(field, reason, zh, en, args...)
	}
	if err := in.Login.Check(); err != nil {
		return nil, bad("login", "keys.login", "登录方式不完整：%s", "The login is not complete: %s", err.Error())
	}
	v, err := s.dialOwn(in.VaultConfig, ownSecret{in.SecretID, in.Token, in.JWT})
	if err != nil {
		return nil, bad("address", "keys.address", "地址或证书无效：%s", "The address or the certificate is not valid: %s", err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	probe := []byte("tenon checks that the key wraps and opens")
	step := "login"
	err = v.Probe(ctx)
	if err == nil {
		step = "mount"
		err = v.Ensure(ctx, nameOf(t))
	}
	var wrapped []string
	if err == nil {
		wrapped, err = v.Wrap(ctx, nameOf(t), [][]byte{probe})
	}
	if err == nil {
		_, err = v.Unwrap(ctx, nameOf(t), wrapped)
	}
	if err == nil {
		_, err = v.Rewrap(ctx, nameOf(t), wrapped)
	}
	if err == nil {
		return v, nil
	}
	v.Close()
	cause := causeOf(err)
	if cause == Unreachable || cause == Slow {
		step = "address"
	}
	why := causeWords(cause)
	return nil, bad(step, "keys."+string(cause), "密钥服务检查未通过：%[1]s", "The key service did not pass the check: %[2]s", why.ZH, why.EN)
}

// OwnOf returns the settings of a tenant's own Vault, without secrets; nil when it has none.
func OwnOf(ctx context.Context, tx *tenancy.Tx) (*VaultConfig, error) {
	r, err := readOwn(ctx, tx)
	if r == nil || err != nil {
		return nil, err
	}
	var cfg VaultConfig
	return &cfg, json.Unmarshal([]byte(r.settings), &cfg)
}

// causeWords say to who sets a Vault what is wrong with it.
func causeWords(c Cause) i18n.Text {
	switch c {
	case Sealed:
		return i18n.T("Vault 处于封存状态", "Vault is sealed")
	case Slow:
		return i18n.T("在限定时间内没有回答", "it does not answer in time")
	case Unreachable:
		return i18n.T("无法连接到此地址，或地址在内部网络", "this address can't be reached, or leads into the internal network")
	case TokenEnded:
		return i18n.T("登录被拒绝：令牌或凭据无效或已过期", "the login is refused: the token or credential is wrong or has ended")
	case Permission:
		return i18n.T("登录成功，但没有使用密钥的权限：请检查策略与 transit 引擎路径", "the login works, but it may not use the key: look at the policy and the path of the transit engine")
	case KeyMissing:
		return i18n.T("transit 引擎或密钥不存在：请检查路径", "there is no transit engine or key there: look at the path")
	case Failing, Refused:
	}
	return i18n.T("它返回了错误", "it answers with an error")
}
