package tenancy

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenon-hq/tenon/internal/fault"
)

// addressForm is how a workspace's address is written: as a label of a domain name.
var addressForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$`)

// reserved are addresses that would be taken for the installation's own.
func reserved() []string {
	return []string{
		"admin", "api", "app", "assets", "auth", "billing", "blog", "cdn", "docs", "download", "help", "info", "login", "logout", "mail", "root", "scim", "security",
		"signup", "sso", "static", "status", "support", "system", "tenon", "web", "webhooks", "www",
	}
}

func checkAddress(f *fault.Fields, address string) {
	switch {
	case !addressForm.MatchString(address) || strings.Contains(address, "--"):
		f.Add("address", "address.form", "应为 3 至 40 个小写字母、数字或单个连字符，且不以连字符开头或结尾", "is 3 to 40 small letters, digits or single hyphens, with none at the ends")
	case slices.Contains(reserved(), address):
		f.Add("address", "address.reserved", "此地址为系统保留", "is kept for the system")
	}
}

func noAddress() *fault.Fault {
	return fault.New(fault.Conflict, "address.taken", "此工作区地址已被使用", "This workspace address is taken").
		At("address", "address.taken", "已被使用", "is taken")
}

// addressTaken tells the one reason for which a new tenant's row can be refused.
func addressTaken(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "tenant_address_key" {
		return noAddress().Because(err)
	}
	return err
}

// AddressFree tells whether a workspace's address is well formed and nobody's. An invalid fault says what is wrong with its form.
func (db *DB) AddressFree(ctx context.Context, address string) (bool, error) {
	var f fault.Fields
	if checkAddress(&f, address); f.Len() > 0 {
		return false, f.Err()
	}
	var taken bool
	err := db.control.QueryRow(ctx, "select exists (select 1 from tenon.tenant where address = $1)", address).Scan(&taken)
	return !taken, final(err)
}

// SuggestAddress makes a free address from a company's name: "Northwind Traders Ltd." becomes northwind-traders-ltd. A name without Latin letters gets
// one by chance.
func (db *DB) SuggestAddress(ctx context.Context, company string) string {
	return db.freeAddress(ctx, company, ChanceAddress())
}

func (db *DB) freeAddress(ctx context.Context, company, chance string) string {
	for _, try := range AddressNames(company) {
		if free, err := db.AddressFree(ctx, try); err == nil && free {
			return try
		}
	}
	return strings.ReplaceAll(chance, "_", "-")
}

// AddressNames are the addresses that a company's name suggests, the best first; none for a name without Latin letters.
func AddressNames(company string) []string {
	words := strings.FieldsFunc(strings.ToLower(company), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	text := strings.Join(words, "-")
	if len(text) > 30 {
		text = strings.Trim(text[:30], "-")
	}
	return slices.DeleteFunc([]string{text, text + "-" + random(2), text + "-" + random(4)}, func(s string) bool {
		var f fault.Fields
		checkAddress(&f, s)
		return f.Len() > 0
	})
}

// ChanceAddress is an address that nobody has, for want of a better one.
func ChanceAddress() string { return "w-" + random(5) }
