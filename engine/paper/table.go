package paper

import (
	"bytes"

	"github.com/go-pdf/fpdf"
)

const lineHeight = 4.6

// table sets the lines; each page begins with their titles.
func (p page) table() {
	if len(p.columns) < 2 {
		return
	}
	widths := p.widths()
	p.titles(widths)
	for _, row := range p.rows {
		tall, texts := 1, make([][]string, len(row))
		p.ink(9, false, false)
		for i, c := range row {
			texts[i] = p.wrap(c.text, widths[i])
			tall = max(tall, len(texts[i]))
			if c.small != "" {
				tall = max(tall, len(texts[i])+1)
			}
		}
		h := float64(tall)*lineHeight + 2.4
		if p.GetY()+h > pageHeight-foot {
			p.AddPage()
			p.titles(widths)
		}
		p.cells(row, texts, widths, p.GetY()+1.2)
		p.SetY(p.GetY() + h)
	}
}

func (p page) cells(row []cell, texts [][]string, widths []float64, y float64) {
	top, x := p.GetY(), margin
	bottom := y
	for i, c := range row {
		align, at := "L", y
		if p.columns[i].end {
			align = "R"
		}
		p.ink(9, false, false)
		for _, line := range texts[i] {
			p.say(x, at, widths[i], lineHeight, line, align)
			at += lineHeight
		}
		if c.small != "" {
			p.ink(7.5, false, true)
			p.say(x, at, widths[i], lineHeight, c.small, align)
			at += lineHeight
		}
		bottom = max(bottom, at)
		x += widths[i]
	}
	p.rule(bottom+1.2, 0.15, 215)
	p.SetY(top)
}

func (p page) titles(widths []float64) {
	y, x := p.GetY(), margin
	p.SetFillColor(242, 243, 246)
	p.Rect(margin, y, inner, 7, "F")
	p.ink(8.5, true, true)
	for i, c := range p.columns {
		align := "L"
		if c.end {
			align = "R"
		}
		p.say(x, y, widths[i], 7, c.label, align)
		x += widths[i]
	}
	p.SetY(y + 7)
}

// widths shares what fixed columns leave among the others; where all are fixed they grow together.
func (p page) widths() []float64 {
	out := make([]float64, len(p.columns))
	fixed, free := 0.0, 0
	for i, c := range p.columns {
		out[i] = c.width
		fixed += c.width
		if c.width == 0 {
			free++
		}
	}
	for i := range out {
		switch {
		case out[i] == 0:
			out[i] = (inner - fixed) / float64(free)
		case free == 0:
			out[i] *= inner / fixed
		}
	}
	return out
}

// logo sets the company's picture into a box and returns how wide it became.
func (p page) logo(x, y, w, h float64) float64 {
	if p.company.logo == nil {
		return 0
	}
	o := fpdf.ImageOptions{ImageType: "PNG"}
	info := p.RegisterImageOptionsReader("logo", o, bytes.NewReader(p.company.logo))
	if !p.Ok() || info == nil {
		return 0
	}
	scale := min(w/info.Width(), h/info.Height())
	p.ImageOptions("logo", x, y, info.Width()*scale, info.Height()*scale, false, o, 0, "")
	return info.Width() * scale
}
