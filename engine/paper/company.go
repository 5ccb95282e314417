package paper

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	_ "image/jpeg" // logos
	"image/png"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

const maxSide = 4000 // pixels of a logo

// company reads the profile of the company, in the paper's language where it is kept in both.
func (r *reader) company() (company, error) {
	c := company{name: r.tx.Tenant.Name}
	def := record.Catalog(r.tx).Entity("company")
	if def == nil {
		return c, nil
	}
	page, err := record.List(r.ctx, r.tx, def, record.Query{Limit: 1})
	if fault.Is(err, fault.Forbidden) || err == nil && len(page.Data) == 0 {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	m, err := decode(page.Data[0])
	if err != nil {
		return c, err
	}
	both := func(name string) string {
		if v := m.text(name + "_en"); v != "" && r.lang == i18n.EN {
			return v
		}
		return m.text(name)
	}
	if n := both("name"); n != "" {
		c.name = n
	}
	c.address, c.phone, c.email, c.tax, c.bank = both("address"), m.text("phone"), m.text("email"), m.text("tax_no"), both("bank_line")
	c.logo, err = r.logo(m.text("logo_id"))
	return c, err
}

// logo reads the company's picture as a PNG without transparency. One that can't be read, or that the caller may not see, is left out.
func (r *reader) logo(key string) ([]byte, error) {
	k, err := id.Parse(key)
	if err != nil {
		return nil, nil //nolint:nilerr // there is none
	}
	var raw bytes.Buffer
	if _, err = record.Content(r.ctx, r.tx, record.Catalog(r.tx).Entity("attachment"), k, &raw); err != nil {
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			return nil, nil
		}
		return nil, err
	}
	out, err := flat(raw.Bytes())
	if errors.Is(err, errPicture) {
		return nil, nil
	}
	return out, err
}

var errPicture = errors.New("no picture that can be printed")

func flat(raw []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width > maxSide || size.Height > maxSide || size.Width == 0 || size.Height == 0 {
		return nil, errPicture
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errPicture
	}
	paper := image.NewRGBA(image.Rect(0, 0, size.Width, size.Height))
	draw.Draw(paper, paper.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(paper, paper.Bounds(), img, img.Bounds().Min, draw.Over)
	var out bytes.Buffer
	err = png.Encode(&out, paper)
	return out.Bytes(), err
}
