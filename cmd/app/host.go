package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/entity"
)

// Ailment is something on a host that keeps Tenon from running well, and what to do about it.
type Ailment struct {
	What  string // which check
	Text  entity.Text
	Fix   entity.Text
	Fatal bool // Tenon does not run like this
}

// HostCheck is one look at the host.
type HostCheck struct {
	Name string
	Look func(ctx context.Context, cfg Config) []Ailment
}

// HostChecks are what `tenon doctor host` looks at, before an installation and after. None of them changes anything.
func HostChecks() []HostCheck {
	return []HostCheck{
		{"port", lookPorts}, {"postgresql", lookPostgres}, {"disk", lookDisk}, {"clock", lookClock}, {"smtp", lookMail}, {"vault", lookVault}, {"tls", lookTLS},
	}
}

func ailment(what string, fatal bool, zh, en, fixZH, fixEN string, args ...any) []Ailment {
	return []Ailment{{what, entity.T(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)), entity.T(fixZH, fixEN), fatal}}
}

// lookPorts tells whether the addresses are free, or Tenon's own.
func lookPorts(ctx context.Context, cfg Config) (out []Ailment) {
	for _, address := range []string{cfg.Listen, cfg.MetricsListen} {
		if address == "" {
			continue
		}
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", address)
		if err == nil {
			_ = l.Close() // it was free
			continue
		}
		if answers(ctx, "http://"+strings.Replace(address, "0.0.0.0", "127.0.0.1", 1)+"/healthz") {
			continue
		}
		out = append(out, ailment("port", true, "地址 %s 不可用：%v", "the address %s can't be used: %v", "换一个端口（TENON_LISTEN），或停止占用它的程序：ss -ltnp",
			"choose another port (TENON_LISTEN), or stop who has it: ss -ltnp", address, err)...)
	}
	return out
}

func answers(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	res, err := (&http.Client{Timeout: 2 * time.Second}).Do(req)
	return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// lookPostgres checks version, rights and settings.
func lookPostgres(ctx context.Context, cfg Config) (out []Ailment) {
	if cfg.DatabaseURL == "" {
		return ailment("postgresql", false, "没有 DATABASE_URL：将使用自带的数据库", "no DATABASE_URL: Tenon will run a database of its own",
			"正式使用请准备 PostgreSQL 15 至 18 并填写 DATABASE_URL", "for real use set up PostgreSQL 15 to 18 and set DATABASE_URL")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, cfg.DatabaseURL)
	if err != nil {
		return ailment("postgresql", true, "无法连接 PostgreSQL：%v", "PostgreSQL can't be reached: %v", "检查地址、密码、pg_hba.conf 与防火墙；确认服务已启动",
			"check address, password, pg_hba.conf and firewall, and that the server runs", withoutPassword(err))
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it was only a look
	var version, locks, connections int
	var roles, create, databases, super bool
	var encoding, prefix string
	if err := conn.QueryRow(ctx, `select current_setting('server_version_num')::int, current_setting('max_locks_per_transaction')::int,
		current_setting('max_connections')::int, r.rolcreaterole, has_database_privilege(current_database(), 'create'), r.rolcreatedb, r.rolsuper,
		pg_encoding_to_char(d.encoding), current_setting('wal_level') from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`).
		Scan(&version, &locks, &connections, &roles, &create, &databases, &super, &encoding, &prefix); err != nil {
		return ailment("postgresql", true, "查询失败：%v", "it does not answer as it should: %v", "查看服务器日志", "look into its log", err)
	}
	add := func(wrong, fatal bool, zh, en, fixZH, fixEN string, args ...any) {
		if wrong {
			out = append(out, ailment("postgresql", fatal, zh, en, fixZH, fixEN, args...)...)
		}
	}
	add(version < 150000 || version >= 190000, true, "PostgreSQL 版本为 %d", "this is PostgreSQL %d", "需要 15 至 18", "Tenon runs on 15 to 18", version/10000)
	add(!roles && !super, true, "该角色不能创建角色", "the role may not create roles", "以管理员执行：ALTER ROLE 角色 CREATEROLE", "as an administrator: ALTER ROLE name CREATEROLE")
	add(!create, true, "该角色不能在数据库中创建模式", "the role may not create schemas", "以管理员执行：GRANT CREATE ON DATABASE 数据库 TO 角色", "as an administrator: GRANT CREATE ON DATABASE name TO role")
	add(!databases && !super, false, "该角色不能创建数据库：备份核对与升级演练不可用", "the role may not create databases: backups can't be verified, upgrades not rehearsed",
		"以管理员执行：ALTER ROLE 角色 CREATEDB", "as an administrator: ALTER ROLE name CREATEDB")
	add(locks < 128, false, "max_locks_per_transaction 为 %d：新建企业时可能不足", "max_locks_per_transaction is %d: founding companies may run out of it",
		"在 postgresql.conf 中设为 256 并重启", "set it to 256 in postgresql.conf and restart", locks)
	add(connections < 60, false, "max_connections 为 %d", "max_connections is %d", "每个进程约需 40 个连接", "each process needs about 40", connections)
	add(encoding != "UTF8", true, "数据库编码为 %s", "the database's encoding is %s", "用 UTF8 新建数据库：CREATE DATABASE … ENCODING 'UTF8'", "make one with UTF8: CREATE DATABASE … ENCODING 'UTF8'", encoding)
	out = append(out, lookSkew(ctx, conn)...)
	return out
}

// lookSkew compares the database's clock with ours.
func lookSkew(ctx context.Context, conn *pgx.Conn) []Ailment {
	var at time.Time
	before := time.Now()
	if err := conn.QueryRow(ctx, "select clock_timestamp()").Scan(&at); err != nil {
		return nil
	}
	skew := at.Sub(before.Add(time.Since(before) / 2)).Abs()
	if skew < 2*time.Second {
		return nil
	}
	return ailment("clock", false, "与数据库的时钟相差 %v", "the database's clock differs by %v", "两台主机都启用时间同步（chrony）", "let both hosts follow a time server (chrony)", skew.Round(time.Millisecond))
}

// lookClock refuses a clock that is plainly wrong: certificates and sessions end at once, or never.
func lookClock(context.Context, Config) []Ailment {
	if year := time.Now().Year(); year < 2026 || year > 2100 {
		return ailment("clock", true, "系统时间为 %d 年", "the clock says the year is %d", "timedatectl set-ntp true", "timedatectl set-ntp true", year)
	}
	return nil
}

// lookDisk checks room and mode of the data folder.
func lookDisk(_ context.Context, cfg Config) (out []Ailment) {
	at := cfg.Data
	info, err := os.Stat(at)
	if errors.Is(err, os.ErrNotExist) {
		at = "." // it will be made
	} else if err == nil && info.Mode().Perm()&0o002 != 0 {
		out = ailment("disk", true, "任何人都可写 %s", "anybody may write to %s", "chmod o-w 该目录", "chmod o-w the folder", at)
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(at, &s); err != nil {
		return append(out, ailment("disk", true, "无法访问数据目录 %s：%v", "the data folder %s can't be reached: %v", "建立该目录并改为 tenon 用户所有", "make it, owned by the user tenon", cfg.Data, err)...)
	}
	if free := s.Bavail * uint64(s.Bsize); free < 2<<30 {
		out = append(out, ailment("disk", false, "数据目录所在磁盘仅剩 %d MB", "only %d MB are left on the data folder's disk", "扩容或清理", "make room", free>>20)...)
	}
	return out
}

// lookMail reaches the relay.
func lookMail(ctx context.Context, cfg Config) []Ailment {
	m := cfg.Mail
	if m.Host == "" {
		return ailment("smtp", false, "未设置邮件：不会发送通知与验证码", "no mail is set: no notices and no codes are sent", "设置 TENON_SMTP_URL 与 TENON_MAIL_FROM", "set TENON_SMTP_URL and TENON_MAIL_FROM")
	}
	port := m.Port
	if port == 0 {
		port = 587
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(m.Host, strconv.Itoa(port)))
	if err != nil {
		return ailment("smtp", false, "无法连接邮件服务器：%v", "the mail relay can't be reached: %v", "检查地址、端口与防火墙", "check address, port and firewall", err)
	}
	_ = c.Close() // it answered
	return nil
}

// lookVault asks Vault how it is, where one is named.
func lookVault(ctx context.Context, cfg Config) []Ailment {
	address := cfg.Vault.Address
	if address == "" {
		if cfg.Production {
			return ailment("vault", true, "--production 需要密钥服务", "--production needs a key service", "设置 TENON_VAULT_ADDR 等", "set TENON_VAULT_ADDR and how to log in")
		}
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/v1/sys/health?standbyok=true", nil)
	if err != nil {
		return ailment("vault", true, "TENON_VAULT_ADDR 无效：%v", "TENON_VAULT_ADDR can't be read: %v", "应形如 https://vault.example.com:8200", "it looks like https://vault.example.com:8200", err)
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return ailment("vault", true, "无法连接 Vault：%v", "Vault can't be reached: %v", "检查地址、证书与防火墙", "check address, certificate and firewall", err)
	}
	_ = res.Body.Close() // its status is the answer
	switch res.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusNotImplemented:
		return ailment("vault", true, "Vault 未初始化", "Vault is not initialised", "vault operator init", "vault operator init")
	case http.StatusServiceUnavailable:
		return ailment("vault", true, "Vault 处于密封状态", "Vault is sealed", "vault operator unseal", "vault operator unseal")
	}
	return ailment("vault", true, "Vault 回答 %s", "Vault answers %s", "查看 Vault 日志", "look into its log", res.Status)
}

// lookTLS looks at the certificate of the public address.
func lookTLS(ctx context.Context, cfg Config) []Ailment {
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || cfg.PublicURL == "" {
		return nil
	}
	if u.Scheme != "https" {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return nil
		}
		return ailment("tls", cfg.Production, "%s 没有加密", "%s is not encrypted",
			"在前面放一个带证书的 Web 服务器，并把 TENON_PUBLIC_URL 改为 https://", "put a web server with a certificate in front, and set TENON_PUBLIC_URL to https://", cfg.PublicURL)
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second}, Config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return ailment("tls", false, "证书由未知机构签发：%v", "the certificate comes from an authority that this host does not know: %v", "把机构证书加入 /usr/local/share/ca-certificates 并执行 update-ca-certificates",
			"add the authority to /usr/local/share/ca-certificates and run update-ca-certificates", err)
	case err != nil:
		return ailment("tls", false, "%s 无法通过 TLS 访问：%v", "%s can't be reached by TLS: %v", "检查域名解析、证书与 Web 服务器", "check its name, the certificate and the web server", cfg.PublicURL, err)
	}
	defer c.Close() //nolint:errcheck // it was only a look
	if t, ok := c.(*tls.Conn); ok {
		if left := time.Until(t.ConnectionState().PeerCertificates[0].NotAfter); left < 14*24*time.Hour {
			return ailment("tls", false, "证书将在 %d 天后到期", "the certificate ends in %d days", "续期证书", "renew it", int(left.Hours()/24))
		}
	}
	return nil
}

// withoutPassword keeps the cause of a failed connection and drops the address, which may quote a password.
func withoutPassword(err error) error {
	var c interface{ Unwrap() error }
	if errors.As(err, &c) && c.Unwrap() != nil {
		return c.Unwrap()
	}
	return err
}
