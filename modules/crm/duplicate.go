package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// What two names for the same have in common, in SQL over a column; the migration keeps indexes on the very same words.
const (
	mailKey    = `lower(trim(%s))`
	phoneKey   = `right(regexp_replace(regexp_replace(lower(normalize(%s, NFKC)), '(转|分机|ext|[x#]).*|[^0-9]', '', 'g'), '^0*(86(?=[0-9]{9}))?0*', ''), 11)`
	companyKey = `regexp_replace(lower(normalize(%s, NFKC)), '股份有限公司|有限责任公司|有限公司|公司|\m(co|ltd|limited|inc|corp|company|gmbh|llc)\M|[[:space:][:punct:]（），。、·]', '', 'g')`
)

// Suspect is somebody who may be known already: a lead, or what is known of one.
type Suspect struct {
	LeadID  id.ID  `in:"lead_id" label:"线索|Lead"`
	Company string `in:"company" label:"公司|Company"`
	Email   string `in:"email" label:"邮箱|E-mail"`
	Phone   string `in:"phone" label:"电话|Phone"`
}

// duplicates tells which customers, contacts and leads have the same e-mail, phone or company name, however it is written. It blocks nothing.
func duplicates() modules.Report {
	return modules.Report{
		Name:  "duplicates",
		Label: entity.T("疑似重复", "Possible duplicates"),
		Of:    "crm.lead",
		Input: func() any { return new(Suspect) },
		Columns: []entity.Field{
			{Name: "entity", Label: entity.T("类型", "Kind"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "record_id", Label: entity.T("记录", "Record"), Kind: entity.KindID, Class: entity.Basic},
			{Name: "name", Label: entity.T("名称", "Name"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "customer_id", Label: entity.T("客户", "Customer"), Kind: entity.KindID, Ref: "crm.customer", Class: entity.Basic},
			{Name: "same", Label: entity.T("相同之处", "What is the same"), Kind: entity.KindText, Class: entity.Basic},
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*Suspect)
			return in.known(ctx, tx)
		},
	}
}

// known finds who has something in common with a suspect.
func (s *Suspect) known(ctx context.Context, tx *tenancy.Tx) ([]map[string]any, error) {
	if !s.LeadID.IsZero() {
		l, err := record.Get[Lead](ctx, tx, s.LeadID)
		if err != nil {
			return nil, err
		}
		s.Company, s.Email, s.Phone = l.Company, l.Email, l.Phone
	}
	var rows []struct {
		Entity     string `bun:"entity"`
		ID         id.ID  `bun:"id"`
		Name       string `bun:"name"`
		CustomerID id.ID  `bun:"customer_id"`
		Same       string `bun:"same"`
	}
	err := record.Select(ctx, tx, &rows, knownSQL(), s.Email, s.Phone, s.Company, s.LeadID)
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{"entity": r.Entity, "record_id": r.ID, "name": r.Name, "customer_id": r.CustomerID, "same": r.Same}
	}
	return out, err
}

// knownSQL looks in the three places where somebody may be known. Its arguments are e-mail, phone, company and the lead that asks.
func knownSQL() string {
	from := func(kind, table, name, customer, company string, phones ...string) string {
		same := []string{alike("email", mailKey, "email", "$1", 3)}
		for _, p := range phones {
			same = append(same, alike("phone", phoneKey, p, "$2", 7))
		}
		if company != "" {
			same = append(same, alike("company", companyKey, company, "$3", 2))
		}
		var words, any []string
		for _, x := range same {
			word, cond, _ := strings.Cut(x, "|")
			words, any = append(words, "CASE WHEN "+cond+" THEN '"+word+"' END"), append(any, cond)
		}
		return "SELECT '" + kind + "' AS entity, id, " + name + " AS name, " + customer + " AS customer_id, concat_ws(', ', " + strings.Join(words, ", ") +
			") AS same FROM " + table + " WHERE (" + strings.Join(any, " OR ") + ")"
	}
	return from("crm.customer", "crm_customer", "name", "id", "name", "phone") + " UNION ALL " +
		from("crm.contact", "crm_contact", "name", "customer_id", "", "phone", "mobile") + " UNION ALL " +
		from("crm.lead", "crm_lead", "name", "customer_id", "company", "phone") + " AND id IS DISTINCT FROM nullif($4::text, '')::uuid ORDER BY 1, 3, 2 LIMIT 50"
}

// alike is a word and the condition, in SQL, that a column means the same as an argument; what is too short means nothing.
func alike(word, key, column, arg string, least int) string {
	mine, theirs := fmt.Sprintf(key, column), fmt.Sprintf(key, arg+"::text")
	return fmt.Sprintf("%s|%s = %s AND length(%s) >= %d", word, mine, theirs, theirs, least)
}

// doubles counts, in SQL over a lead t, the customers (by what is known of them or of one of their contacts) and other leads that it may be the same as.
func doubles() string {
	type pair struct {
		key, theirs, mine string
		least             int
	}
	in := func(what, table string, pairs ...pair) string {
		var or []string
		for _, x := range pairs {
			mine := fmt.Sprintf(x.key, "t."+x.mine)
			or = append(or, fmt.Sprintf("%s = %s AND length(%s) >= %d", fmt.Sprintf(x.key, "k."+x.theirs), mine, mine, x.least))
		}
		return "SELECT " + what + " FROM " + table + " k WHERE (" + strings.Join(or, " OR ") + ")"
	}
	mail, phone := pair{mailKey, "email", "email", 3}, pair{phoneKey, "phone", "phone", 7}
	return "(SELECT count(*) FROM (" +
		in("k.id", "crm_customer", mail, phone, pair{companyKey, "name", "company", 2}) + " UNION " +
		in("k.customer_id", "crm_contact", mail, phone, pair{phoneKey, "mobile", "phone", 7}) +
		") c WHERE c.id IS DISTINCT FROM t.customer_id) + (" +
		in("count(*)", "crm_lead", mail, phone, pair{companyKey, "company", "company", 2}) + " AND k.id <> t.id)"
}
