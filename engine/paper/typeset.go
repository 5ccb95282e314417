package paper

import (
	"bytes"
	"fmt"

	"github.com/go-pdf/fpdf"
)

// Measures of the page in millimetres: A4, upright.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 16.0
	inner                 = pageWidth - 2*margin
	foot                  = 18.0
	family                = "tenon"
)

// page is a sheet being drawn.
type page struct {
	*fpdf.Fpdf
	*sheet
}

// typeset sets a sheet. The same sheet gives the same bytes: the times in the file are the record's.
func typeset(s *sheet, font []byte) ([]byte, error) {
	p := page{fpdf.New("P", "mm", "A4", ""), s}
	p.SetCatalogSort(true)
	p.SetCreationDate(s.at)
	p.SetModificationDate(s.at)
	p.SetProducer("Tenon", true)
	p.SetTitle(s.title+" "+s.no, true)
	p.SetAuthor(s.company.name, true)
	p.SetLang(string(s.lang))
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, foot)
	p.AliasNbPages("")
	p.AddUTF8FontFromBytes(family, "", font)
	p.SetFooterFunc(p.footer)
	p.AddPage()
	p.head()
	p.about()
	p.table()
	p.ending()
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return out.Bytes(), nil
}

// ink sets size, weight and colour of what is written next. There is one weight of the font: heavier letters are outlined too.
func (p page) ink(size float64, bold, grey bool) {
	p.SetFont(family, "", size)
	shade := 23
	if grey {
		shade = 98
	}
	p.SetTextColor(shade, shade, shade)
	p.SetDrawColor(shade, shade, shade)
	if bold {
		p.SetTextRenderingMode(2)
		p.SetLineWidth(size * 0.012)
		return
	}
	p.SetTextRenderingMode(0)
	p.SetLineWidth(0.2)
}

// say writes one line of text in a box, cut where it does not fit.
func (p page) say(x, y, w, h float64, text, align string) {
	p.SetXY(x, y)
	p.CellFormat(w, h, p.fit(text, w), "", 0, align, false, 0, "")
}

func (p page) fit(text string, w float64) string {
	room := w - 2*p.GetCellMargin()
	if p.GetStringWidth(text) <= room {
		return text
	}
	r := []rune(text)
	for len(r) > 1 && p.GetStringWidth(string(r)+"…") > room {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// wrap breaks text into lines that fit.
func (p page) wrap(text string, w float64) []string {
	var out []string
	for _, part := range bytes.Split([]byte(text), []byte("\n")) {
		out = append(out, p.broken([]rune(string(part)), w-2*p.GetCellMargin())...)
	}
	return out
}

// broken breaks between words where there are some, and between any two characters else, as Chinese is.
func (p page) broken(r []rune, w float64) []string {
	var out []string
	start, gap := 0, -1
	for i := 0; i < len(r); i++ {
		if r[i] == ' ' {
			gap = i
		}
		if i == start || p.GetStringWidth(string(r[start:i+1])) <= w {
			continue
		}
		end := i
		if gap > start && r[i] < 0x2E80 {
			end = gap
		}
		out = append(out, string(r[start:end]))
		for start = end; start < len(r) && r[start] == ' '; start++ {
		}
		i, gap = start-1, -1
	}
	return append(out, string(r[start:]))
}

func (p page) head() {
	x := margin
	if w := p.logo(margin, margin, 34, 15); w > 0 {
		x += w + 4
	}
	c := p.company
	p.ink(13, true, false)
	p.say(x, margin, 100, 7, c.name, "L")
	p.ink(8, false, true)
	y := margin + 7
	tax := ""
	if c.tax != "" {
		tax = words(p.lang, "税号 ", "Tax no. ") + c.tax
	}
	for _, line := range []string{c.address, joined("  ", c.phone, c.email), tax} {
		if line != "" {
			p.say(x, y, pageWidth-margin-x-62, 4.2, line, "L")
			y += 4.2
		}
	}
	p.ink(17, true, false)
	p.say(pageWidth-margin-62, margin, 62, 8, p.title, "R")
	p.ink(9, false, true)
	no := p.no
	if no == "" {
		no = words(p.lang, "草稿", "Draft")
	}
	p.say(pageWidth-margin-62, margin+8.5, 62, 5, no, "R")
	y = max(y, margin+15) + 2.5
	p.rule(y, 0.4, 60)
	p.SetY(y + 3)
}

func (p page) rule(y, width float64, shade int) {
	p.SetLineWidth(width)
	p.SetDrawColor(shade, shade, shade)
	p.Line(margin, y, pageWidth-margin, y)
}

func joined(by string, parts ...string) string {
	out := ""
	for _, s := range parts {
		if s != "" && out != "" {
			out += by
		}
		out += s
	}
	return out
}

// about sets the partner on the left and the facts on the right.
func (p page) about() {
	top := p.GetY()
	left := p.list(margin, top, 96, p.party, true)
	right := p.list(margin+102, top, inner-102, p.facts, false)
	p.SetY(max(left, right) + 4)
}

// list sets labels and values one below the other and returns where it ends.
func (p page) list(x, y, w float64, list []pair, first bool) float64 {
	const label = 27
	for i, f := range list {
		p.ink(8.5, false, true)
		p.say(x, y, label, 5, f.label, "L")
		p.ink(9, first && i == 0, false)
		for _, line := range p.wrap(f.value, w-label) {
			p.say(x+label, y, w-label, 5, line, "L")
			y += 5
		}
	}
	return y
}

func (p page) footer() {
	p.ink(7.5, false, true)
	p.say(margin, pageHeight-12, 120, 5, joined(" · ", p.company.name, joined(" ", p.title, p.no)), "L")
	p.say(pageWidth-margin-40, pageHeight-12, 40, 5, fmt.Sprintf("%d / {nb}", p.PageNo()), "R")
}

// ending sets sums, words, notes and signatures; what belongs together stays on one page.
func (p page) ending() {
	p.room(float64(len(p.sums))*6 + 4)
	y := p.GetY() + 2
	for i, f := range p.sums {
		last := i == len(p.sums)-1
		p.ink(9, last, !last)
		p.say(pageWidth-margin-90, y, 45, 6, f.label, "R")
		p.ink(map[bool]float64{true: 11, false: 9}[last], last, false)
		p.say(pageWidth-margin-45, y, 45, 6, f.value, "R")
		y += 6
	}
	p.SetY(y + 1)
	if p.words.value != "" {
		p.paragraph(p.words)
	}
	for _, f := range p.notes {
		p.paragraph(f)
	}
	if len(p.signs) == 0 {
		return
	}
	p.room(24)
	y = p.GetY() + 16
	w := inner / float64(len(p.signs))
	for i, s := range p.signs {
		x := margin + float64(i)*w
		p.ink(8.5, false, true)
		p.SetDrawColor(150, 150, 150)
		p.Line(x, y, x+w-8, y)
		p.say(x, y+1, w-8, 5, s, "L")
	}
}

func (p page) paragraph(f pair) {
	p.ink(9, false, false)
	lines := p.wrap(f.value, inner-27)
	p.room(5 * float64(min(len(lines), 4)))
	for i, line := range lines {
		p.room(5)
		y := p.GetY()
		if i == 0 {
			p.ink(8.5, false, true)
			p.say(margin, y, 27, 5, f.label, "L")
		}
		p.ink(9, false, false)
		p.say(margin+27, y, inner-27, 5, line, "L")
		p.SetY(y + 5)
	}
}

// room begins another page where so many millimetres are not left.
func (p page) room(h float64) {
	if p.GetY()+h > pageHeight-foot {
		p.AddPage()
	}
}
