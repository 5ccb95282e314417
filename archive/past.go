package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// auditTable keeps sealed values as they were, for its chain is over them.
const auditTable = "audit_entry"

// auditSealed is a sealed value among an entry's values, as PostgreSQL writes jsonb. A text can't look like it: a quote in it has a backslash before it.
var auditSealed = regexp.MustCompile(`"([a-z0-9_]+)": "` + record.SealedMark + `([0-9a-f]+)"`)

// pastFinder finds the sealed values of the audit while it is copied and adds what they say to the rows of record.PastSealed, where the copy finds it by
// the ciphertext. Values whose key was destroyed stay shut.
type pastFinder struct {
	ctx   context.Context //nolint:containedctx // it lives as long as the copy of two tables, behind an io.Writer
	open  change
	close change
	table tenancy.Table
	pages *pager
	have  map[[32]byte]bool // digests that have a row
}

// known notes the digest of a row that is there already, of an earlier copy.
func (p *pastFinder) known(row []byte) error {
	fields := bytes.Split(bytes.TrimSuffix(row, []byte("\n")), []byte("\t"))
	at := columnOf(p.table, "digest")
	if at < 0 || at >= len(fields) {
		return errors.New("a row is too short")
	}
	var digest [32]byte
	hexed, found := bytes.CutPrefix(fields[at], hexBytes)
	if n, err := hex.Decode(digest[:], hexed); !found || err != nil || n != len(digest) {
		return errors.Join(errors.New("a digest is not the SHA-256 of something"), err)
	}
	p.have[digest] = true
	return nil
}

// audit looks through the audit's rows.
func (p *pastFinder) audit(t tenancy.Table) func(row []byte) error {
	entity, key := columnOf(t, "entity"), columnOf(t, "record_id")
	return func(line []byte) error {
		if !bytes.Contains(line, mark) {
			return nil
		}
		fields := bytes.Split(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
		if min(entity, key) < 0 || max(entity, key) >= len(fields) {
			return errors.New("the audit lacks what its sealed values need")
		}
		row, err := id.Parse(string(fields[key]))
		if err != nil {
			return nil //nolint:nilerr // an entry about no record has no sealed values
		}
		for _, found := range auditSealed.FindAllSubmatch(line, -1) {
			if err := p.add(unescape(fields[entity]), string(found[1]), row, found[2]); err != nil {
				return err
			}
		}
		return nil
	}
}

func (p *pastFinder) add(entity, field string, row id.ID, hexed []byte) error {
	sealed := make([]byte, hex.DecodedLen(len(hexed)))
	if _, err := hex.Decode(sealed, hexed); err != nil {
		return err
	}
	digest := sha256.Sum256(sealed)
	if p.have[digest] || record.OfPerson(sealed) { // a person's key goes its own way, so that it can be destroyed
		return nil
	}
	plain, _, err := p.open(p.ctx, []string{entity}, field, row, sealed)
	if err != nil {
		_, _, unavailable := p.close(p.ctx, []string{entity}, field, row, nil)
		return unavailable // when there are keys at all, it is this value's that is gone
	}
	p.have[digest] = true
	values := map[string]string{
		"digest": fmt.Sprintf(`\\x%x`, digest), "entity": entity, "field": field, "record_id": row.String(), "cipher": fmt.Sprintf(`\\x%x`, plain),
	}
	line := make([][]byte, len(p.table.Columns))
	for i, c := range p.table.Columns {
		line[i] = []byte(values[c.Name])
	}
	return p.pages.put(append(bytes.Join(line, []byte("\t")), '\n'))
}
